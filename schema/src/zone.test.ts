import { expect, test } from '@jest/globals';
import { Kind, parse, print, type ObjectTypeDefinitionNode } from 'graphql';
import { provinces } from './provinces.js';
import { deriveZoneSdl } from './zone.js';

const sdl = deriveZoneSdl();
const typeNamed = (name: string, of = sdl): ObjectTypeDefinitionNode =>
  parse(of).definitions.find((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === name)!;
const fieldsOf = (name: string): string[] => typeNamed(name).fields!.map((field) => field.name.value);

test.each(provinces.map(({ prefix }) => prefix))('of a member of %s the zone knows the capability and nothing of the person', (prefix) => {
  expect(fieldsOf(`${prefix}Member`)).toEqual(['via']);
});

test('of a province it serves what the registry holds', () => {
  expect(fieldsOf('AnhuiProvince')).toEqual(['code', 'name', 'slug']);
});

test('it resolves the edges that leave a province, from the field that the province keeps for it', () => {
  const lookup = typeNamed('JiangsuLookup');
  expect(fieldsOf('JiangsuLookup').sort()).toEqual(['grant', 'id', 'member']);
  expect(print(lookup)).toContain('member: Member @requires(fields: "grant")');
  expect(print(lookup)).toContain('grant: String @external');
});

test('it looks up only what it can resolve: a type without an edge is a reference', () => {
  expect(print(typeNamed('AnhuiMember'))).toContain('@key(fields: "via", resolvable: false)');
  expect(print(typeNamed('AnhuiLookup'))).toContain('@key(fields: "id")');
});

test('no value type of a province\'s records is known to the zone', () => {
  for (const name of ['Gender', 'OrganizationKind', 'MemberConnection', 'OpenLookupInput']) expect(sdl).not.toMatch(new RegExp(`\\b${name}\\b`));
});

test('it lists the provinces it is given, and those alone', () => {
  const two = deriveZoneSdl(provinces.slice(0, 2));
  expect(typeNamed('ShanghaiMember', two)).toBeDefined();
  expect(typeNamed('AnhuiMember', two)).toBeUndefined();
});
