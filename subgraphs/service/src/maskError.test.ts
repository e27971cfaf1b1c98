import { expect, test } from '@jest/globals';
import { GraphQLError, buildSchema, parse, validate } from 'graphql';
import { PlatformError, errorCatalogue, type ErrorCode } from '@delta/schema/errors';
import { maskError } from './maskError.js';

const mask = (error: GraphQLError) => maskError(error.toJSON(), error);

test('lets every code of the catalogue out as it stands there', () => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const { error } = mask(new PlatformError(code));
    expect([code, error]).toEqual([code, { message: errorCatalogue[code].message, extensions: { code, remedy: errorCatalogue[code].remedy } }]);
  }
});

test('keeps a message that is more exact, and none that repeats values, addresses, statements or stacks', () => {
  const retryAt = '2026-01-01T13:05:00.000Z';
  expect(mask(new PlatformError('LOOKUP_LIMIT', { scope: 'VIEWER', limit: 60, retryAt })).error).toMatchObject({ extensions: { scope: 'VIEWER', limit: 60, retryAt } });
  expect(mask(new PlatformError('MALFORMED_ID', { message: 'The id of the station is malformed.', province: 'anhui', limit: 3 })).error).toMatchObject({ message: 'The id of the station is malformed.', extensions: { province: 'anhui', limit: 3 } });
  for (const message of ['No member 349999197511148373.', 'http://10.0.0.1/graphql is down.', 'select name from member where id = 1', 'Error\n    at x.js:1', 'phone 13800000000']) {
    expect(mask(new PlatformError('NOT_FOUND', { message, idNumber: '349999197511148373', reason: message })).error).toEqual({ message: errorCatalogue.NOT_FOUND.message, extensions: { code: 'NOT_FOUND', remedy: errorCatalogue.NOT_FOUND.remedy } });
  }
});

test('makes INTERNAL of anything else, and says that it was not expected', () => {
  for (const error of [new GraphQLError('boom'), new GraphQLError('Int cannot represent non-integer value: "349999197511148373"'), new GraphQLError('x', { extensions: { code: 'MADE_UP', stacktrace: [] } })]) {
    expect(mask(error)).toMatchObject({ unexpected: true, error: { message: errorCatalogue.INTERNAL.message, extensions: { code: 'INTERNAL' } } });
  }
});

test('names what does not fit a schema, and no value', () => {
  const schema = buildSchema('type Query { a(n: Int!, e: E, i: I): String } enum E { X } input I { f: Int! }');
  const messages = (query: string): string[] => validate(schema, parse(query)).map((error) => mask(new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })).error.message);
  expect(messages('{ b }')).toEqual(['Cannot query field "b" on type "Query".']);
  expect(messages('{ a }')).toEqual(['Field "a" argument "n" of type "Int!" is required, but it was not provided.']);
  expect(messages('{ a(n: 1, i: {}) }')).toEqual(['Field "I.f" of required type "Int!" was not provided.']);
  for (const query of ['{ a(n: "SECRET") }', '{ a(n: SECRET) }', '{ a(n: 1, e: SECRET) }', '{ a(n: 1, e: "SECRET") }', '{ a(n: 1, i: { f: "SECRET" }) }']) {
    for (const message of messages(query)) expect([query, message]).toEqual([query, expect.stringMatching(/^The document does not fit the schema/)]);
  }
});
