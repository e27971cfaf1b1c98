import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { clientSchema, compose, type PublishedSubgraph } from './compose.js';
import { deriveProvinceSdl } from './derive.js';
import { provinces } from './provinces.js';
import { defaultPort, readPublished, supergraphFile } from './published.js';
import { deriveZoneSdl } from './zone.js';

const published = readPublished();
const changed = (name: string, change: (sdl: string) => string): PublishedSubgraph[] =>
  published.map((subgraph) => (subgraph.name === name ? { ...subgraph, sdl: change(subgraph.sdl) } : subgraph));

test('the committed supergraph is what the published subgraphs compose to', () => {
  expect(compose(published)).toBe(readFileSync(supergraphFile, 'utf8'));
});

test('every subgraph publishes what the contract derives, with no more than fields of its own', () => {
  expect(published.map(({ name }) => name)).toEqual(['anhui', 'jiangsu', 'shanghai', 'zhejiang', 'zone']);
  const zone = published.find(({ name }) => name === 'zone')!;
  expect(zone.sdl).toBe(deriveZoneSdl());
  for (const province of provinces) {
    const { sdl } = published.find(({ name }) => name === province.slug)!;
    expect(sdl.startsWith(deriveProvinceSdl(province).trimEnd())).toBe(true);
  }
});

test('each subgraph answers on a port of its own by default', () => {
  expect(published.map(({ name }) => defaultPort(name))).toEqual([4034, 4032, 4031, 4033, 4010]);
});

test('clients see the contract, and none of the keys between services', () => {
  const schema = clientSchema(compose(published));
  const fields = (type: string): string[] => Object.keys((schema.getType(type) as unknown as { getFields(): object }).getFields());
  expect(fields('Member')).toContain('withheld');
  expect(fields('Member')).not.toContain('via');
  expect(fields('Lookup')).toContain('member');
  expect(fields('Lookup')).not.toContain('grant');
  expect(fields('Query').sort()).toEqual(['anhui', 'jiangsu', 'member', 'organization', 'province', 'provinces', 'shanghai', 'station', 'viewer', 'zhejiang']);
});

test('a province that the zone lists but that has published nothing does not compose', () => {
  expect(() => compose(published.filter(({ name }) => name !== 'zhejiang'))).toThrow(expect.objectContaining({ code: 'SUPERGRAPH_INVALID' }));
});

test('what does not compose is refused by name', () => {
  const one = (): string => compose(changed('anhui', (sdl) => sdl.replaceAll('probationary: Boolean', 'probationary: Int')));
  expect(one).toThrow(expect.objectContaining({ code: 'SUPERGRAPH_INVALID', message: expect.stringContaining('probationary') }));
});
