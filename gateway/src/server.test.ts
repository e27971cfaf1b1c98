import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codesOf, startTestZone, token, type TestZone } from './testing/testZone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone.close(); });

const lookup = 'mutation Lookup($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id purpose member { __typename id name homeOrganization { name } } } } } }';
const input = { idNumber: '349999197511148373', purpose: 'CHECK_IN' };

test('answers over three subgraphs in one request, each told who asks by a context of its own', async () => {
  zone.seen.length = 0;
  const bearer = await token();
  const answer = await zone.ask(lookup, { variables: { input }, token: bearer });
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual({ shanghai: { openLookup: { lookup: { id: 'l1', purpose: 'CHECK_IN', member: { __typename: 'AnhuiMember', id: 'a1', name: '王*', homeOrganization: { name: 'Anhui branch' } } } } } });
  expect(zone.seen.map(({ subgraph }) => subgraph)).toEqual(['shanghai', 'zone', 'anhui']);
  expect(new Set(zone.seen.map(({ requestId }) => requestId))).toEqual(new Set([answer.headers.get('x-request-id')]));
  for (const { viewer } of zone.seen) expect(viewer).toMatchObject({ role: 'station_clerk', province: '31', subject: 'clerk' });
  // The token itself goes to the province that issued it, and to no other.
  expect(zone.seen.map(({ bearer: raw }) => raw)).toEqual([bearer, undefined, undefined]);
});

test('serves anonymous visitors, and reads no context that a client sends', async () => {
  zone.seen.length = 0;
  const answer = await zone.ask('{ viewer { role } }', { headers: { 'x-delta-context': 'forged', 'x-request-id': 'chosen' } });
  expect(answer.data).toEqual({ viewer: null });
  expect(zone.seen[0]).toMatchObject({ viewer: null });
  expect(zone.seen[0]?.requestId).not.toBe('chosen');
});

test('refuses a token that is no good with 401 and its code', async () => {
  for (const [bearer, code] of [['abc', 'TOKEN_MALFORMED'], [await token('31', -60), 'TOKEN_EXPIRED'], [await token('99'), 'TOKEN_ISSUER_UNKNOWN']] as const) {
    const answer = await zone.ask('{ viewer { role } }', { token: bearer });
    expect([answer.status, codesOf(answer)]).toEqual([401, [code]]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  }
});

test('names the province and the place of a subgraph\'s error, with its code and remedy and nothing else', async () => {
  const refused = await zone.ask(lookup, { variables: { input: { ...input, note: 'a-secret' } }, token: await token() });
  expect(refused.data).toMatchObject({ shanghai: { openLookup: { lookup: { id: 'l1', member: null } } } });
  expect(refused.errors).toEqual([{
    message: 'The owning province does not disclose this to the viewer.', path: ['shanghai', 'openLookup', 'lookup', 'member'],
    extensions: { code: 'NOT_DISCLOSED', remedy: 'Open a lookup with the purpose that fits, or ask the home organisation; acts on a record, passes among them, are for that organisation and those above it.', province: 'anhui' },
  }]);
  const broken = await zone.ask('{ member(id: "a-broken") { name } }');
  expect(codesOf(broken)).toEqual(['INTERNAL']);
  expect(broken.errors?.[0]?.extensions).toMatchObject({ province: 'anhui', requestId: broken.headers.get('x-request-id') });
  expect(broken.text).not.toMatch(/select|349999|stack|serviceName/);
});

test('a list over provinces carries the errors of one of them at the list, where they are right', async () => {
  await zone.stopSubgraph('anhui');
  const answer = await zone.ask('{ provinces { code name organizations(first: 2) { edges { node { name } } } } }');
  expect(answer.data).toEqual({ provinces: [
    { code: '31', name: 'Shanghai', organizations: { edges: [{ node: { name: 'Shanghai branch' } }] } },
    { code: '34', name: 'Anhui', organizations: null },
  ] });
  expect(answer.errors).toEqual([{ message: 'The province does not answer at present.', path: ['provinces'], extensions: expect.objectContaining({ code: 'PROVINCE_UNAVAILABLE', province: 'anhui' }) as unknown }]);
  await zone.startSubgraph('anhui');
});

test('with the zone gone a province\'s own work goes on, and what needs the zone says so', async () => {
  await zone.stopSubgraph('zone');
  const answer = await zone.ask('{ shanghai { name } provinces { code } }');
  expect(answer.data).toBeNull();
  const own = await zone.ask('{ shanghai { name arrivals(first: 2) { acceptedOn member { name } } } }');
  expect(own.data).toMatchObject({ shanghai: { name: 'Shanghai', arrivals: [{ acceptedOn: '2026-01-01', member: null }, { member: null }] } });
  expect(codesOf(own)).toEqual(['ZONE_UNAVAILABLE']);
  expect(own.errors?.[0]).toMatchObject({ path: ['shanghai', 'arrivals'], extensions: { province: 'zone' } });
  const root = await zone.ask('{ member(id: "a1") { name } }');
  expect(root.errors).toMatchObject([{ path: ['member'], extensions: { code: 'ZONE_UNAVAILABLE', province: 'zone' } }]);
  await zone.startSubgraph('zone');
});

test('tells that it is ready, part by part, and what it measures', async () => {
  const ready = await fetch(`${zone.gateway.url}/ready`);
  const { checks } = (await ready.json()) as { checks: Record<string, string> };
  expect(ready.status).toBe(200);
  expect(Object.keys(checks)).toEqual(['supergraph', 'anhui', 'shanghai', 'zone']);
  const text = await (await fetch(`${zone.gateway.url}/metrics`)).text();
  for (const name of ['delta_request_seconds', 'delta_subgraph_fetch_seconds', 'delta_breaker_open', 'delta_plan_seconds', 'delta_plans_kept']) expect(text).toContain(name);
});

test('passes the caller\'s trace on', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect((await zone.ask('{ shanghai { name } }', { headers: { traceparent } })).data).toEqual({ shanghai: { name: 'Shanghai' } });
});
