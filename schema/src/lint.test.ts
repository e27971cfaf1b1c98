import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { readContract, readZonePart } from './contract.js';
import { lintContract, lintZonePart } from './lint.js';

const text = '"A thing (事)."';
/** A sound contract of one entity, with room for one more field and one more definition. */
const contract = (field = '', more = '') => parse(`
  ${text} interface Thing @entity(keys: ["id"]) {
    ${text} id: ID!
    ${text} grant: String @internal
    ${text} other: Thing @zoneEdge(requires: "grant")
    ${field}
  }
  ${more}`);

test('the contract and the zone\'s part are sound', () => {
  expect(lintContract(readContract())).toEqual([]);
  expect(lintZonePart(readZonePart())).toEqual([]);
});

test('a small sound contract has no fault', () => {
  expect(lintContract(contract())).toEqual([]);
});

const faulty: [string, ReturnType<typeof contract>, string][] = [
  ['a field that cannot be null', contract(`${text} name: String!`), 'Thing.name: must be nullable, since its province may be away, behind or unwilling'],
  ['a field that cannot be null in a mutation', contract('', `${text} interface ThingMutation { ${text} make: String! }`), 'ThingMutation.make: must be nullable, since its province may be away, behind or unwilling'],
  ['a key that is no field', parse(`${text} interface Thing @entity(keys: ["id", "via"]) { ${text} id: ID! }`), 'Thing: key "via" must be one of its non-null fields'],
  ['a key that may be null', parse(`${text} interface Thing @entity(keys: ["id"]) { ${text} id: ID }`), 'Thing: key "id" must be one of its non-null fields'],
  ['an edge that names no field', contract(`${text} next: Thing @zoneEdge`), 'Thing.next: a zone edge names the field it requires, or the planner skips fetching it'],
  ['an edge over a field that clients see', contract(`${text} next: Thing @zoneEdge(requires: "id")`), 'Thing.next: requires "id", which is no @internal field of Thing'],
  ['an edge to something that is no entity', contract(`${text} next: Plain @zoneEdge(requires: "grant")`, `${text} type Plain { ${text} a: Int }`), 'Thing.next: a zone edge leads to an @entity interface, not to Plain'],
  ['an edge that cannot be null', contract(`${text} next: Thing! @zoneEdge(requires: "grant")`), 'Thing.next: an edge that crosses provinces must be nullable'],
  ['a type without a description', contract('', `type Plain { ${text} a: Int }`), 'Plain: needs a description in English with its Chinese term'],
  ['a field described in English alone', contract('"A name." name: String'), 'Thing.name: needs a description in English with its Chinese term'],
  ['a field described in Chinese alone', contract('"名称" name: String'), 'Thing.name: needs a description in English with its Chinese term'],
  ['an argument without a description', contract(`${text} name(of: Int): String`), 'Thing.name(of): needs a description in English with its Chinese term'],
  ['an enum value without a description', contract('', `${text} enum Colour { RED }`), 'Colour.RED: needs a description in English with its Chinese term'],
  ['an input field without a description', contract('', `${text} input Wish { a: Int }`), 'Wish.a: needs a description in English with its Chinese term'],
];

test.each(faulty)('%s is a fault', (_, document, fault) => {
  expect(lintContract(document)).toContain(fault);
});

test('the zone takes no input objects, by which personal data could come in', () => {
  expect(lintZonePart(parse(`${text} input Wish { ${text} idNumber: String }`))).toEqual(['Wish: the zone takes no input objects']);
});
