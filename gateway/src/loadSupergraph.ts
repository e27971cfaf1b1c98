// First: it must be said before the gateway is constructed.
import { telemetryDisabled } from './disableTelemetry.js';
import { createHash } from 'node:crypto';
import { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { getOperationAST, parse, validate, type GraphQLSchema } from 'graphql';
import { dashboardSchema } from '@delta/schema/dashboard';
import { PlatformError } from '@delta/schema/errors';
import { apolloLogger } from '@delta/service/apolloLogger';
import type { Logger } from '@delta/service/log';
import { placeholdersFor } from './placeholdersFor.js';
import { createPlanStore, planKey, type PlanStore } from './planStore.js';
import type { GatewayMetrics } from './gatewayMetrics.js';
import type { MeasureBy } from './measureDocument.js';
import { readSupergraph } from './readSupergraph.js';
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
  /** The schema without persons, that registered documents fit. */
  readonly dashboards: GraphQLSchema;
  readonly execute: Executor;
  readonly subgraphs: readonly string[];
  /** Plans documents ahead; their plans are kept for good. */
  plan(documents: readonly PlannedDocument[]): Promise<void>;
}

/** A document that is planned before a client sends it. */
export interface PlannedDocument {
  readonly name: string;
  readonly query: string;
  /** For planning, what has no default and is not given is made up. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface LoadOptions {
  readonly zone: string;
  /** The data source of a subgraph, the same one across reloads as long as name and address stay. */
  readonly dataSource: (name: string, url: string) => SubgraphDataSource;
  /** Documents to plan before it takes over. */
  readonly documents: () => Promise<readonly PlannedDocument[]>;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

export const supergraphId = (sdl: string): string => createHash('sha256').update(sdl).digest('hex');

/**
 * Loads a supergraph into a gateway of its own, with the documents known in advance planned, without touching the one in use.
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
    const plan = (documents: readonly PlannedDocument[]): Promise<void> => planAhead(documents, { executor, schema, plans, log });
    await plan(await options.documents());
    return { id: supergraphId(sdl), sdl, schema, dashboards: dashboardSchema(schema), edges, execute: executor, subgraphs: [...subgraphs.keys()], plan };
  } catch (error) {
    throw error instanceof PlatformError ? error : new PlatformError('SUPERGRAPH_INVALID', {}, error instanceof Error ? error : undefined);
  }
}

interface PlanAhead { readonly executor: Executor; readonly schema: GraphQLSchema; readonly plans: PlanStore; readonly log: Logger }

/** Executes documents against nothing, which leaves their plans in the store. */
async function planAhead(documents: readonly PlannedDocument[], { executor, schema, plans, log }: PlanAhead): Promise<void> {
  for (const { name, query, variables = {} } of documents) {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation || validate(schema, document).length > 0) {
      log.warn({ document: name }, 'a document known in advance does not fit the supergraph');
      continue;
    }
    const operationName = operation.name?.value;
    // Clients may leave the operation's name out; the plan is kept under both.
    for (const asked of new Set([undefined, operationName])) {
      plans.pin(planKey(query, asked));
      const context: RequestContext = { viewer: null, bearer: undefined, requestId: 'plan', traceparent: undefined, planOnly: true };
      await executor({
        request: { query, variables: { ...placeholdersFor(schema, operation), ...variables }, ...(asked === undefined ? {} : { operationName: asked }) },
        document, schema, operationName: operationName ?? null, operation, queryHash: planKey(query), source: query,
        context, metrics: {}, logger: apolloLogger(log), debug: false, overallCachePolicy: undefined,
      } as unknown as Parameters<Executor>[0]);
    }
  }
}
