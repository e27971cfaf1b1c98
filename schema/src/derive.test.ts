import { expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, type DefinitionNode, type ObjectTypeDefinitionNode } from 'graphql';
import { concreteName, deriveProvinceSdl } from './derive.js';
import { provinceBySlug, provinces } from './provinces.js';

const zhejiang = provinceBySlug('zhejiang')!;
const definitions = parse(deriveProvinceSdl(zhejiang)).definitions;
const typeNamed = (name: string, among: readonly DefinitionNode[] = definitions): ObjectTypeDefinitionNode =>
  among.find((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === name)!;
const directives = (node: { readonly directives?: readonly { readonly name: { readonly value: string } }[] | undefined }): string[] => (node.directives ?? []).map((d) => d.name.value);

test('a concept becomes a type of the province\'s own, and the word Province gives way in the mutation', () => {
  expect(concreteName('Member', 'Zhejiang')).toBe('ZhejiangMember');
  expect(concreteName('Province', 'Zhejiang')).toBe('ZhejiangProvince');
  expect(concreteName('ProvinceMutation', 'Zhejiang')).toBe('ZhejiangMutation');
});

test('an entity implements its contract and is found by each of its keys', () => {
  const member = typeNamed('ZhejiangMember');
  expect(member.interfaces?.map((i) => i.name.value)).toEqual(['Member']);
  expect(directives(member)).toEqual(['key', 'key']);
});

test('the key by which the zone hands a person on is hidden from clients; the id is not', () => {
  const fields = typeNamed('ZhejiangMember').fields!;
  expect(directives(fields.find((field) => field.name.value === 'via')!)).toEqual(['inaccessible']);
  expect(directives(fields.find((field) => field.name.value === 'id')!)).toEqual([]);
});

test('an edge that leaves the province is not the province\'s to serve', () => {
  const names = typeNamed('ZhejiangLookup').fields!.map((field) => field.name.value);
  expect(names).toContain('grant');
  expect(names).not.toContain('member');
});

test('no annotation of the contract reaches a subgraph', () => {
  for (const directive of ['@entity', '@zoneEdge', '@zoneServes', '@internal', '@person']) expect(deriveProvinceSdl(zhejiang)).not.toContain(directive);
});

test.each(provinces.map(({ slug }) => slug))('%s knows no type and no root of another province', (slug) => {
  const own = provinceBySlug(slug)!;
  const sdl = deriveProvinceSdl(own);
  for (const other of provinces.filter((province) => province !== own)) {
    expect(sdl).not.toContain(other.prefix);
    expect(sdl).not.toContain(`${other.slug}:`);
  }
});

test('the province\'s own fields come on top; the rest does not change by them', () => {
  const extension = 'extend type ZhejiangMember { pioneerCode: String }';
  const extended = deriveProvinceSdl(zhejiang, extension);
  expect(extended.startsWith(deriveProvinceSdl(zhejiang).trimEnd())).toBe(true);
  expect(extended).toContain('pioneerCode');
});

test('the derivation fits any province, named once in the registry', () => {
  const sdl = deriveProvinceSdl({ slug: 'fujian', prefix: 'Fujian', name: '福建省' });
  expect(sdl).toContain('type FujianMember implements Member');
  expect(sdl).toContain('fujian: FujianProvince');
  const plain = sdl.replace(/extend schema[^)]*\)\n?/, '').replace(/ @(key|inaccessible|shareable)(\([^)]*\))?/g, '');
  expect(() => buildSchema(plain)).not.toThrow();
});
