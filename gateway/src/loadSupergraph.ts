// First: it must be said before the gateway is constructed.
import { telemetryDisabled } from './disableTelemetry.js';
import { createHash } from 'node:crypto';
import { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { parse, validate, type GraphQLSchema } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { apolloLogger } from '@delta/service/apolloLogger';
import type { Logger } from '@delta/service/log';
import { createPlanStore } from './planStore.js';
import type { GatewayMetrics } from './gatewayMetrics.js';
import type { MeasureBy } from './measureDocument.js';
import { readSupergraph } from './readSupergraph.js';
import type { RegisteredDocument } from './registeredDocuments.js';
import type { RequestContext } from './requestContext.js';
import type { SubgraphDataSource } from './subgraphDataSource.js';

export type ApolloGatewayInterface = ApolloServerOptionsWithGateway<RequestContext>['gateway'];
export type Executor = NonNullable<Awaited<ReturnType<ApolloGatewayInterface['load']>>['executor']>;

/** A supergraph that loaded: everything that changes at a reload, in one piece. */
export interface LoadedSupergraph extends MeasureBy {
  /** SHA-256 of its text. */
  readonly id: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  readonly subgraphs: readonly string[];
}

export interface LoadOptions {
  readonly zone: string;
  /** The data source of a subgraph, the same one across reloads as long as name and address stay. */
  readonly dataSource: (name: string, url: string) => SubgraphDataSource;
  readonly documents: readonly RegisteredDocument[];
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

export const supergraphId = (sdl: string): string => createHash('sha256').update(sdl).digest('hex');

/**
 * Loads a supergraph into a gateway of its own, with the registered documents planned, without touching the one in use.
 * @throws PlatformError SUPERGRAPH_INVALID for text that is no valid supergraph
 */
export async function loadSupergraph(sdl: string, options: LoadOptions): Promise<LoadedSupergraph> {
  const { zone, dataSource, log, metrics } = options;
  const plans = createPlanStore(metrics);
  try {
    if (!telemetryDisabled) throw new Error('telemetry is on');
    const { subgraphs, edges } = readSupergraph(sdl, zone);
    if (subgraphs.size === 0) throw new Error('it names no subgraph');
    const gateway = new ApolloGateway({
      supergraphSdl: sdl,
      validateSupergraph: true,
      buildService: ({ name, url }) => dataSource(name, url ?? ''),
      queryPlannerConfig: { cache: plans },
      logger: apolloLogger(log),
      debug: false,
      __exposeQueryPlanExperimental: false,
      telemetry: { includeDocument: false, recordExceptions: false },
    });
    const { schema, executor } = await gateway.load();
    if (!schema) throw new Error('it has no schema');
    plans.pinning = true;
    await planAhead(executor, schema, options);
    plans.pinning = false;
    return { id: supergraphId(sdl), sdl, schema, edges, execute: executor, subgraphs: [...subgraphs.keys()] };
  } catch (error) {
    throw error instanceof PlatformError ? error : new PlatformError('SUPERGRAPH_INVALID', {}, error instanceof Error ? error : undefined);
  }
}

/** Executes the registered documents against nothing, which leaves their plans in the store. */
async function planAhead(executor: Executor, schema: GraphQLSchema, { documents, log }: LoadOptions): Promise<void> {
  for (const { name, query, variables } of documents) {
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) {
      log.warn({ registered: name }, 'a registered document does not fit the supergraph');
      continue;
    }
    const operation = document.definitions.flatMap((definition) => (definition.kind === 'OperationDefinition' ? [definition] : []))[0];
    const operationName = operation?.name?.value;
    // Clients may leave the operation's name out; the plan is kept under both.
    for (const asked of new Set([undefined, operationName])) {
      const context: RequestContext = { viewer: null, bearer: undefined, requestId: 'plan', traceparent: undefined, planOnly: true };
      await executor({
        request: { query, variables, ...(asked === undefined ? {} : { operationName: asked }) },
        document, schema, operationName: operationName ?? null, operation, queryHash: supergraphId(query), source: query,
        context, metrics: {}, logger: apolloLogger(log), debug: false, overallCachePolicy: undefined,
      } as unknown as Parameters<Executor>[0]);
    }
  }
}
