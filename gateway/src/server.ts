import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { OperationDefinitionNode } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { answerGraphql, parseGraphqlBody } from '@delta/service/answerGraphql';
import { apolloLogger } from '@delta/service/apolloLogger';
import type { BearerVerifier } from '@delta/service/bearer';
import { createHttpServer } from '@delta/service/httpServer';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { Metrics, Outcome } from '@delta/service/metrics';
import { extractTrace, span, traceparentOf } from '@delta/service/tracing';
import { createDocumentChecker, readRequest } from './checkDocument.js';
import { createGatewayMetrics } from './gatewayMetrics.js';
import { serveGraphiql } from './graphiql.js';
import { identifyViewer } from './identifyViewer.js';
import { loadSupergraph } from './loadSupergraph.js';
import { formatFor, tidyAnswer } from './maskAnswer.js';
import { readRegisteredDocuments, type RegisteredDocument } from './registeredDocuments.js';
import type { RequestContext } from './requestContext.js';
import type { Settings } from './settings.js';
import { subgraphRegistry } from './subgraphRegistry.js';
import { SupergraphGateway } from './supergraphGateway.js';
import { openSupergraphSource } from './supergraphSource.js';

export interface GatewayDependencies {
  readonly signer: Signer;
  readonly bearer: BearerVerifier;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Documents planned ahead; default those of `documents/`. */
  readonly documents?: readonly RegisteredDocument[];
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Name of the zone's subgraph in the supergraph. */
const zone = 'zone';

/**
 * Starts the gateway: one schema over the subgraphs of the supergraph file.
 * @throws PlatformError SUPERGRAPH_INVALID, PORT_IN_USE
 */
export async function createGateway(settings: Settings, { signer, bearer, log, metrics, documents = readRegisteredDocuments() }: GatewayDependencies): Promise<Gateway> {
  const measured = createGatewayMetrics(metrics);
  const subgraphs = subgraphRegistry({ settings, zone, signer, log, metrics: measured });
  const source = await openSupergraphSource({
    file: settings.supergraphFile, cacheFile: settings.supergraphCacheFile, log, onLoaded: measured.reload,
    load: (sdl) => loadSupergraph(sdl, { zone, dataSource: subgraphs.of, documents, metrics: measured, log }),
  });
  const gateway = new SupergraphGateway(source.first);
  const apollo = new ApolloServer<RequestContext>({
    gateway,
    nodeEnv: 'production',
    introspection: settings.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    logger: apolloLogger(log),
    formatError: formatFor(log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(), ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginLandingPageDisabled(), ApolloServerPluginUsageReportingDisabled(),
      tidyAnswer(log),
    ],
  });
  await apollo.start();
  source.follow((next) => {
    gateway.switchTo(next);
    subgraphs.keepOnly(next.subgraphs);
  });

  const http = createHttpServer({
    name: 'gateway', log, metrics, host: settings.host, port: settings.port, bodyLimit: settings.bodyBytes, drainDelayMs: settings.drainDelayMs,
    // A dead province is no reason to take the gateway out: it costs only its own data.
    ready: async () => ({ ok: true, checks: { supergraph: gateway.current.id.slice(0, 12), ...subgraphs.states() } }),
  });
  const check = createDocumentChecker(settings);
  const registered = new Map(documents.map(({ name, query }) => [query, name]));

  http.fastify.post('/graphql', async (request, reply) => {
    const started = performance.now();
    const seen: { operation: string; outcome: Outcome } = { operation: 'refused', outcome: 'error' };
    try {
      const body = parseGraphqlBody(request.body);
      const asked = readRequest(body);
      const identity = await identifyViewer(request.headers.authorization, bearer);
      const operation = check(asked, gateway.current);
      seen.operation = registered.get(asked.query) ?? operation.operation;
      const context = { ...identity, requestId: request.id, traceparent: traceparentOf(request.headers), conclude: (outcome: Outcome) => { seen.outcome = outcome; } };
      // Only what was checked goes on: no extensions, nothing unknown.
      const checked = { query: asked.query, variables: asked.variables, ...(asked.operationName === undefined ? {} : { operationName: asked.operationName }) };
      return await extractTrace(request.headers, () => span('gateway graphql', attributesOf(operation, request.id), async () => {
        await answerGraphql(apollo, { body: checked, headers: request.headers, context: async () => context, reply });
        return reply;
      }));
    } catch (error) {
      if (error instanceof PlatformError) measured.refused(error.code);
      if (error instanceof PlatformError && error.http === 401) reply.header('www-authenticate', 'Bearer error="invalid_token"');
      throw error;
    } finally {
      metrics.request(seen.operation, seen.outcome, (performance.now() - started) / 1000);
    }
  });
  http.fastify.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/graphql', handler: async (_request, reply) => {
    reply.header('allow', 'POST');
    throw new PlatformError('METHOD_NOT_ALLOWED');
  } });
  if (settings.graphiql) serveGraphiql(http.fastify, documents);

  const { url, port } = await http.listen().catch(async (error: unknown) => {
    source.stop();
    await Promise.all([apollo.stop(), subgraphs.close()]);
    throw error;
  });
  return {
    url,
    port,
    async close() {
      source.stop();
      await http.drain();
      await apollo.stop();
      await subgraphs.close();
    },
  };
}

const attributesOf = ({ operation }: OperationDefinitionNode, requestId: string) => ({ 'graphql.operation.type': operation, 'delta.request_id': requestId });
