import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Kind, type GraphQLFormattedError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { answerGraphql, parseGraphqlBody } from './answerGraphql.js';
import { contextHeader, SessionRefused, type ContextVerifier, type SignedContext, type VerifiedContext } from './context.js';
import { noSession, sessionHeader } from './contextSession.js';
import { createGraphqlServer, refuseOtherMethods } from './graphqlServer.js';
import { createHttpServer, type Readiness } from './httpServer.js';
import type { Logger } from './log.js';
import { maskError } from './maskError.js';
import type { Metrics } from './metrics.js';
import { inRequest } from './requestScope.js';
import type { MutualTls } from './tls.js';
import { extractTrace, span } from './tracing.js';

/** Who asks, as the gateway signed it; `bearer` is the raw token, which reaches only the province that issued it. */
export interface SignedRequest extends SignedContext { readonly bearer?: string }

export interface SubgraphServerOptions<C extends BaseContext> {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly verifyContext: ContextVerifier;
  /** Builds the resolvers' context of one request. */
  readonly context: (signed: SignedRequest) => Promise<C>;
  readonly plugins?: readonly ApolloServerPlugin<C>[];
  readonly host: string;
  readonly port: number;
  readonly ready: () => Promise<Readiness>;
  /** Further routes, which check their callers themselves. JSON bodies arrive as a Buffer. */
  readonly routes?: (fastify: FastifyInstance) => void;
  /** Largest request body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  readonly drainMs?: number;
  /** Where given, only callers with a certificate of its authority are let in. */
  readonly tls?: MutualTls | undefined;
}

export interface SubgraphServer {
  /** Where GraphQL is answered. */
  readonly url: string;
  readonly port: number;
  /** Drains and stops. */
  close(): Promise<void>;
}

/**
 * Serves one subgraph: POST /graphql, and only to requests with a context that the gateway signed for this subgraph and this
 * very body. `_service` and `_entities` are no exception.
 */
export async function createSubgraphServer<C extends BaseContext>(options: SubgraphServerOptions<C>): Promise<SubgraphServer> {
  const { name, schema, log, metrics, verifyContext, context, plugins = [], routes } = options;
  const apollo = createGraphqlServer<C>({ schema, log, introspection: false, formatError: (formatted, error) => maskAndLog(log, formatted, error), plugins: [timed(metrics), ...plugins] });
  await apollo.start();

  const http = createHttpServer({ ...options, trustRequestId: true });
  http.fastify.post('/graphql', async (request, reply) => {
    const { session, ...asked } = await verified(request, reply, { verifier: verifyContext, log });
    if (session !== undefined) reply.header(sessionHeader, session);
    const { requestId } = asked;
    const bearer = bearerOf(request.headers.authorization);
    const signed = { ...asked, ...(bearer === undefined ? {} : { bearer }) };
    return extractTrace(request.headers, () => span(`${name} graphql`, { 'delta.service': name, 'delta.request_id': requestId }, () => new Promise<FastifyReply>((resolve, reject) => {
      inRequest(requestId, () => {
        Promise.resolve().then(() => answerGraphql(apollo, { body: parseGraphqlBody(request.body), headers: request.headers, context: () => context(signed), reply })).then(resolve, reject);
      });
    })));
  });
  refuseOtherMethods(http.fastify);
  routes?.(http.fastify);
  const { url, port } = await http.listen();
  return {
    url: `${url}/graphql`,
    port,
    close: async () => {
      await http.drain();
      await apollo.stop();
    },
  };
}

async function verified(request: FastifyRequest, reply: FastifyReply, { verifier, log }: { readonly verifier: ContextVerifier; readonly log: Logger }): Promise<VerifiedContext> {
  const header = request.headers[contextHeader];
  try {
    return await verifier.verify(typeof header === 'string' ? header : undefined, Buffer.isBuffer(request.body) ? request.body : '');
  } catch (error) {
    const reason = error instanceof PlatformError ? error.originalError : undefined;
    if (reason instanceof SessionRefused) reply.header(sessionHeader, noSession);
    // The caller learns no other reason, the operator does.
    log.warn({ reason: reason?.message }, 'a request without a valid context was refused');
    throw error;
  }
}

const bearerOf = (header: string | undefined): string | undefined => /^Bearer ([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1];

function maskAndLog(log: Logger, formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { error: masked, unexpected } = maskError(formatted, error);
  if (unexpected) log.error({ err: error, path: formatted.path?.join('.') }, 'a resolver failed');
  return masked;
}

/** Measures requests by what they do, not by the operation names that clients choose. */
const timed = <C extends BaseContext>(metrics: Metrics): ApolloServerPlugin<C> => ({
  async requestDidStart() {
    const started = performance.now();
    return {
      async willSendResponse({ operation, response: { body } }) {
        const { data, errors } = body.kind === 'single' ? body.singleResult : body.initialResult;
        const outcome = !errors?.length ? 'ok' : data ? 'partial' : 'error';
        metrics.request(operation ? kindOf(operation) : 'invalid', outcome, (performance.now() - started) / 1000);
      },
    };
  },
});

const kindOf = ({ operation, selectionSet }: OperationDefinitionNode): string =>
  selectionSet.selections.some((selection) => selection.kind === Kind.FIELD && selection.name.value === '_entities') ? 'entities' : operation;
