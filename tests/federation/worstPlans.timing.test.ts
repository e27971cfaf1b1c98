import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { createDocumentChecker } from '@delta/gateway/checkDocument';
import { createGatewayMetrics } from '@delta/gateway/gatewayMetrics';
import { limitVariables, type Limits } from '@delta/gateway/limits';
import { loadSupergraph, supergraphId, type LoadedSupergraph } from '@delta/gateway/loadSupergraph';
import type { SubgraphDataSource } from '@delta/gateway/subgraphDataSource';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { Kind, parse } from 'graphql';

// The platform's own supergraph, as committed, under the limits as they are by default.
const sdl = readFileSync(fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)), 'utf8');
const limits = Object.fromEntries(Object.entries(limitVariables).map(([name, { read }]) => [name, read(undefined)])) as Limits;
const nothing = { process: async () => ({ data: {} }) } as unknown as SubgraphDataSource;
let loaded: LoadedSupergraph;
beforeAll(async () => {
  loaded = await loadSupergraph(sdl, { zone: 'zone', dataSource: () => nothing, documents: async () => [], metrics: createGatewayMetrics(createMetrics('gateway')), log: createLog('test', { level: 'silent' }) });
});

/** Milliseconds of processor time to execute, against nothing, an operation that was never planned: on a busy machine the clock tells of others. */
async function planned(query: string, variables = {}): Promise<number> {
  const document = parse(query);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the first definition is the operation');
  const before = process.cpuUsage();
  await loaded.execute({ request: { query, variables }, document, schema: loaded.schema, operation, operationName: null, queryHash: supergraphId(query), source: query, context: { planOnly: true, requestId: 'x' }, metrics: {}, logger: console } as unknown as Parameters<LoadedSupergraph['execute']>[0]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const organization = 'id name shortName kind divisionCode address officePhone acceptsMobileMembers memberCount parent { name parent { name } }';
const member = `id name gender joinedOn affiliation idNumberMasked phoneMasked withheld { field reason } province { code name } homeOrganization { ${organization} }`;
const worst: readonly (readonly [string, string])[] = [
  ['many aliases of all provinces', `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: provinces { organizations(first: 1) { edges { node { ${organization} } } } }`).join(' ')} }`],
  ['many aliases of members', `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: member(id: "m${i}") { ${member} }`).join(' ')} }`],
  ['many lookups', `mutation { shanghai { ${Array.from({ length: 24 }, (_, i) => `a${i}: openLookup(input: $i) { lookup { id member { ${member} } } }`).join(' ')} } }`.replace('mutation', 'mutation($i: OpenLookupInput!)')],
  ['everything of a viewer', `{ viewer { role province { organizations(first: 10) { edges { node { ${organization} } } } stations(first: 10) { edges { node { name organization { ${organization} } } } } } organization { ${organization} children(first: 10) { edges { node { ${organization} } } } } member { ${member} } } }`],
];

test.each(worst)('the worst that the limits permit is planned in under 500 ms: %s', async (_name, query) => {
  const variables = { i: { idNumber: 'x', purpose: 'CHECK_IN', clientKey: 'k' } };
  createDocumentChecker(limits)({ query, variables, operationName: undefined }, loaded);
  await planned('{ provinces { code } }');
  // The best of three: the first runs compile the planner, which a gateway does when it plans its examples.
  const times = [await planned(query, variables), await planned(`${query} `, variables), await planned(`${query}  `, variables)];
  expect(Math.min(...times)).toBeLessThan(500);
});
