import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { createDocumentChecker } from './checkDocument.js';
import { createGatewayMetrics } from './gatewayMetrics.js';
import { limitVariables, type Limits } from './limits.js';
import { loadSupergraph, type LoadedSupergraph } from './loadSupergraph.js';
import { readExampleDocuments } from './exampleDocuments.js';
import type { SubgraphDataSource } from './subgraphDataSource.js';

// The platform's own supergraph, as committed, under the limits as they are by default.
const sdl = readFileSync(fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)), 'utf8');
const metrics = createMetrics('gateway');
const limits = Object.fromEntries(Object.entries(limitVariables).map(([name, { read }]) => [name, read(undefined)])) as Limits;
const documents = readExampleDocuments();
const nothing = { process: async () => ({ data: {} }) } as unknown as SubgraphDataSource;
let loaded: LoadedSupergraph;
let planning: string;
beforeAll(async () => {
  loaded = await loadSupergraph(sdl, { zone: 'zone', dataSource: () => nothing, documents: async () => documents, metrics: createGatewayMetrics(metrics), log: createLog('test', { level: 'silent' }) });
  planning = await metrics.registry.metrics();
});
afterAll(() => { metrics.registry.clear(); });

test('every example fits the supergraph, keeps within the limits and is planned at the start', () => {
  const check = createDocumentChecker(limits);
  expect(documents.map(({ name }) => name)).toEqual(['1-lookup', '2-branchFinder', '3-fourProvinces', '4-viewer', '5-stations', '6-verifyPass']);
  for (const { name, query, variables } of documents) {
    expect([name, validate(loaded.schema, parse(query))]).toEqual([name, []]);
    expect(() => check({ query, variables, operationName: undefined }, loaded)).not.toThrow();
  }
  expect(planning).toContain(`delta_plans_kept ${2 * documents.length}`);
});
