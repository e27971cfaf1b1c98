import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestZone, type TestZone } from './testing/testZone.js';

const documents = [{ name: 'example', query: 'query Example($first: Int!) { shanghai { organizations(first: $first) { edges { cursor } } } }', variables: { first: 1 } }];
let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ documents }); });
afterAll(async () => { await zone.close(); });

test('serves a page that loads everything from the gateway, under a policy that lets it load nothing else', async () => {
  const page = await fetch(zone.gateway.url);
  const html = await page.text();
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(html).not.toMatch(/https?:\/\//);
  const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(parts).toHaveLength(6);
  for (const path of parts) {
    const part = await fetch(zone.gateway.url + path);
    expect([path, part.status]).toEqual([path, 200]);
    expect((await part.text()).length).toBeGreaterThan(100);
  }
  expect(await (await fetch(`${zone.gateway.url}/graphiql/examples.json`)).json()).toEqual(documents);
});

test('answers the introspection that GraphiQL sends', async () => {
  const answer = await zone.ask(getIntrospectionQuery({ inputValueDeprecation: true }));
  expect([answer.status, answer.errors]).toEqual([200, undefined]);
  expect(answer.text).toContain('ShanghaiProvince');
  expect(answer.text).not.toContain('"via"');
});

test('serves neither page nor introspection in production', async () => {
  const production = await startTestZone({ env: { DELTA_MODE: 'production' } });
  expect((await fetch(production.gateway.url)).status).toBe(404);
  const answer = await production.ask('{ __schema { types { name } } }');
  expect([answer.status, answer.errors?.[0]?.extensions['code']]).toEqual([400, 'DOCUMENT_INVALID']);
  await production.close();
});
