import { expect, test } from '@jest/globals';
import { schemaChanges } from './check.js';
import { compose } from './compose.js';
import { readPublished } from './published.js';

const published = readPublished();
const before = compose(published);
const after = (change: (sdl: string) => string): string => compose(published.map((subgraph) => ({ ...subgraph, sdl: change(subgraph.sdl) })));

test('nothing changes between a supergraph and itself', async () => {
  expect(await schemaChanges(before, before)).toEqual([]);
});

test('a removed field is named and breaking', async () => {
  const changes = await schemaChanges(before, after((sdl) => sdl.replaceAll(/ {2}"Short name[^"]*"\n {2}shortName: String\n/g, '')));
  expect(changes[0]).toMatchObject({ criticality: 'breaking', path: 'AnhuiOrganization.shortName' });
  expect(changes.map(({ path }) => path)).toContain('Organization.shortName');
});

test('a removed enum value is breaking', async () => {
  const changes = await schemaChanges(before, after((sdl) => sdl.replaceAll(/ {2}"Group within a branch[^"]*"\n {2}PARTY_GROUP\n/g, '')));
  expect(changes).toContainEqual(expect.objectContaining({ criticality: 'breaking', path: 'OrganizationKind.PARTY_GROUP' }));
});

test('an argument that becomes required is breaking', async () => {
  const changes = await schemaChanges(before, after((sdl) => sdl.replaceAll('filter: OrganizationFilter\n', 'filter: OrganizationFilter!\n')));
  expect(changes).toContainEqual(expect.objectContaining({ criticality: 'breaking', path: 'Province.organizations.filter' }));
});

test('a new field is safe, and stands after what breaks', async () => {
  const changes = await schemaChanges(before, after((sdl) => sdl.replaceAll(/ {2}"Short name[^"]*"\n {2}shortName: String\n/g, '  motto: String\n')));
  expect(changes).toContainEqual(expect.objectContaining({ criticality: 'safe', path: 'Organization.motto' }));
  expect(changes.at(-1)?.criticality).toBe('safe');
});
