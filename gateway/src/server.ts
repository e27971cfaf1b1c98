import type { OperationDefinitionNode } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { answerGraphql, parseGraphqlBody } from '@delta/service/answerGraphql';
import type { BearerVerifier } from '@delta/service/bearer';
import { createGraphqlServer, refuseOtherMethods } from '@delta/service/graphqlServer';
import { createHttpServer } from '@delta/service/httpServer';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { Metrics, Outcome } from '@delta/service/metrics';
import { loadMutualTls } from '@delta/service/tls';
import { extractTrace, span, traceparentOf } from '@delta/service/tracing';
import { createDocumentChecker } from './checkDocument.js';
import { createDocumentRegistry } from './documentRegistry.js';
import { createGatewayMetrics } from './gatewayMetrics.js';
import { serveGraphiql } from './graphiql.js';
import { identifyViewer } from './identifyViewer.js';
import { loadSupergraph } from './loadSupergraph.js';
import { formatFor, tidyAnswer } from './maskAnswer.js';
import { readExampleDocuments, type ExampleDocument } from './exampleDocuments.js';
import type { RequestContext } from './requestContext.js';
import { requestedDocument } from './requestedDocument.js';
import type { Settings } from './settings.js';
import { subgraphRegistry } from './subgraphRegistry.js';
import { SupergraphGateway } from './supergraphGateway.js';
import { openSupergraphSource } from './supergraphSource.js';

export interface GatewayDependencies {
  readonly signer: Signer;
  readonly bearer: BearerVerifier;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Examples, planned ahead; default those of `documents/`. */
  readonly documents?: readonly ExampleDocument[];
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
export async function createGateway(settings: Settings, { signer, bearer, log, metrics, documents = readExampleDocuments() }: GatewayDependencies): Promise<Gateway> {
  const measured = createGatewayMetrics(metrics);
  const subgraphs = subgraphRegistry({ settings, zone, signer, log, metrics: measured, tls: await loadMutualTls(settings) });
  const registry = createDocumentRegistry({ file: settings.documentsFile, limits: settings, log });
  const source = await openSupergraphSource({
    file: settings.supergraphFile, cacheFile: settings.supergraphCacheFile, log, onLoaded: measured.reload,
    load: (sdl) => loadSupergraph(sdl, { zone, dataSource: subgraphs.of, documents: async () => [...documents, ...await registry.all()], metrics: measured, log }),
  });
  const gateway = new SupergraphGateway(source.first);
  const apollo = createGraphqlServer<RequestContext>({ gateway, log, introspection: settings.introspection, formatError: formatFor(log), plugins: [tidyAnswer(log)] });
  await apollo.start();
  source.follow((next) => {
    gateway.switchTo(next);
    subgraphs.keepOnly(next.subgraphs);
  });
  const stopFollowing = registry.follow((added) => gateway.current.plan(added));

  const http = createHttpServer({
    name: 'gateway', log, metrics, host: settings.host, port: settings.port, bodyLimit: settings.bodyBytes, drainDelayMs: settings.drainDelayMs,
    // A dead province is no reason to take the gateway out: it costs only its own data.
    ready: async () => ({ ok: true, checks: { supergraph: gateway.current.id.slice(0, 12), ...subgraphs.states() } }),
  });
  const check = createDocumentChecker(settings);
  const examples = new Map(documents.map(({ name, query }) => [query, name]));

  http.fastify.post('/graphql', async (request, reply) => {
    const started = performance.now();
    const seen: { operation: string; outcome: Outcome } = { operation: 'refused', outcome: 'error' };
    try {
      const body = parseGraphqlBody(request.body);
      const identity = await identifyViewer(request.headers.authorization, bearer);
      const asked = await requestedDocument(body, identity.viewer, registry, gateway.current);
      const operation = check(asked, gateway.current);
      seen.operation = asked.registered ?? examples.get(asked.query) ?? operation.operation;
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
  refuseOtherMethods(http.fastify);
  if (settings.graphiql) serveGraphiql(http.fastify, documents);

  const { url, port } = await http.listen().catch(async (error: unknown) => {
    source.stop();
    stopFollowing();
    await Promise.all([apollo.stop(), subgraphs.close()]);
    throw error;
  });
  return {
    url,
    port,
    async close() {
      source.stop();
      stopFollowing();
      await http.drain();
      await apollo.stop();
      await subgraphs.close();
    },
  };
}

const attributesOf = ({ operation }: OperationDefinitionNode, requestId: string) => ({ 'graphql.operation.type': operation, 'delta.request_id': requestId });
