import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { FastifyInstance } from 'fastify';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { apolloLogger } from './apolloLogger.js';
import type { Logger } from './log.js';

export type GraphqlServerOptions<C extends BaseContext> = {
  readonly introspection: boolean;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly plugins: readonly ApolloServerPlugin<C>[];
  readonly log: Logger;
} & ({ readonly schema: GraphQLSchema } | { readonly gateway: ApolloServerOptionsWithGateway<C>['gateway'] });

/** Apollo Server as the gateway and the subgraphs run it: one operation a request, no page, nothing told to others, no stack in an answer. */
export const createGraphqlServer = <C extends BaseContext>({ log, plugins, ...options }: GraphqlServerOptions<C>): ApolloServer<C> => new ApolloServer<C>({
  ...options,
  nodeEnv: 'production',
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  persistedQueries: false,
  allowBatchedHttpRequests: false,
  csrfPrevention: true,
  logger: apolloLogger(log),
  plugins: [
    ApolloServerPluginCacheControlDisabled(), ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginLandingPageDisabled(), ApolloServerPluginUsageReportingDisabled(),
    ...plugins,
  ],
});

/** GraphQL is asked by POST: a URL would stand in logs. */
export function refuseOtherMethods(http: FastifyInstance): void {
  http.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/graphql', handler: async (_request, reply) => {
    reply.header('allow', 'POST');
    throw new PlatformError('METHOD_NOT_ALLOWED');
  } });
}
