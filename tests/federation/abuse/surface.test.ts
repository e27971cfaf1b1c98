import { describe, expect, test } from '@jest/globals';
import { underAttack } from './attack.js';

const attack = underAttack({ gatewayEnv: { DELTA_INTROSPECTION: 'false', DELTA_GRAPHIQL: 'false' } });
const get = async (path: string, owner?: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(new URL(path, owner ? attack.now.zone.urls[owner]! : attack.now.zone.gateway.url));
  return { status: response.status, text: await response.text() };
};

describe('wants to learn the inside', () => {
  test('from errors', async () => {
    for (const body of ['{', '{"query":1}', '{"query":"{"}', '{"query":"{ shanghai { nope } }"}', '{"query":"query($id: ID!) { member(id: $id) { id } }","variables":{"id":{}}}']) {
      const answer = await attack.now.raw(body);
      expect(answer.status).toBe(400);
      expect(answer.codes.every((code) => ['BAD_REQUEST', 'DOCUMENT_INVALID', 'VARIABLES_INVALID'].includes(code))).toBe(true);
      expect(answer.text).not.toMatch(/stack|GraphQLError|\.ts|\.js/);
    }
  });
  test('from suggestions of field names', async () => {
    const { text, codes } = await attack.now.raw('{"query":"{ shanghai { membrs(first: 1) { edges { cursor } } provnce } memer { id } }"}');
    expect(new Set(codes)).toEqual(new Set(['DOCUMENT_INVALID']));
    expect(text).not.toMatch(/Did you mean|"members"|memberStatistics|viewer\b/);
  });
  test('from introspection, of the gateway and of a subgraph', async () => {
    const { raw, direct, context } = attack.now;
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Member") { fields { name } } }']) {
      expect((await raw(JSON.stringify({ query }))).codes).toEqual(['DOCUMENT_INVALID']);
      const body = JSON.stringify({ query });
      expect((await direct('anhui', body, { 'x-delta-context': await context('anhui', body) })).codes).not.toEqual([]);
    }
  });
  test('from a subgraph\'s own schema', async () => {
    expect((await attack.now.direct('anhui', '{"query":"{ _service { sdl } }"}')).codes).toEqual(['CONTEXT_REFUSED']);
    expect((await attack.now.raw('{"query":"{ _service { sdl } }"}')).codes).toEqual(['DOCUMENT_INVALID']);
  });
  test('from health, readiness and metrics', async () => {
    for (const owner of [undefined, 'zone', 'anhui']) {
      for (const path of ['/health', '/ready', '/metrics']) {
        const { status, text } = await get(path, owner);
        expect([path, status]).toEqual([path, 200]);
        expect(text).not.toMatch(/postgres:|127\.0\.0\.1|password|示例|(?<![0-9.])[1-9][0-9]{16}[0-9X](?![0-9])|0194244f|station_clerk-1/);
      }
    }
  });
  test('from addresses that nobody named', async () => {
    for (const path of ['/', '/graphql/', '/.env', '/.git/config', '/debug', '/admin', '/registrations', '/..%2f..%2fetc/passwd', '/%00']) {
      const { status, text } = await get(path);
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      expect(text).not.toMatch(/node_modules|root:/);
    }
  });
});

describe('wants another site to ask in a viewer\'s name', () => {
  test('by a form or a plain text body', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await attack.now.raw('{"query":"{ provinces { code } }"}', { 'content-type': type });
      expect([type, answer.status, answer.codes]).toEqual([type, 415, ['BAD_REQUEST']]);
    }
  });
  test('by a link', async () => {
    const { status, text } = await get('/graphql?query={provinces{code}}');
    expect([status, text.includes('METHOD_NOT_ALLOWED')]).toEqual([405, true]);
  });
  test('from a script, since no origin is let in', async () => {
    const answer = await attack.now.raw('{"query":"{ provinces { code } }"}', { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
