import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { register, type RegistrationBatch } from '@delta/runtime/directory/index';
import { createLog } from '@delta/service/log';
import { loadSigner, loadTrust, type Signer } from '@delta/service/keys';
import { createPairMessages } from '@delta/service/pairMessage';
import { startTestGateway } from '../../support/gateway.js';
import { underAttack } from './attack.js';

const attack = underAttack();
const person = () => attack.now.zone.anchors('anhui').people[0];
const clerk = () => ({ issuer: 'https://x', subject: 's', role: 'station_clerk', province: '31', organization: attack.now.zone.anchors('shanghai').clerkOrganizationId, member: null }) as const;
const signerOf = (name: string) => loadSigner(keyFiles(attack.now.zone.home).signing(name));

describe('wants a subgraph to answer past the gateway', () => {
  const entities = (representation: object): string => JSON.stringify({ query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on AnhuiMember { id name } } }', variables: { r: [representation] } });
  test('by `_entities` without a context', async () => {
    for (const owner of ['anhui', 'zone']) expect((await attack.now.direct(owner, entities({ __typename: 'AnhuiMember', id: person().id }))).codes).toEqual(['CONTEXT_REFUSED']);
  });
  test.each([
    ['a capability that another province signed', 'jiangsu', 'anhui', {}, 'CAPABILITY_INVALID'],
    ['a capability that its own gateway signed', 'gateway', 'anhui', {}, 'CAPABILITY_INVALID'],
    ['a capability for another province', 'zone', 'jiangsu', {}, 'CAPABILITY_INVALID'],
    ['a capability of another request', 'zone', 'anhui', { req: 'another' }, 'CAPABILITY_MISMATCH'],
    ['a capability of another viewer', 'zone', 'anhui', { vwr: null }, 'CAPABILITY_MISMATCH'],
  ])('by %s', async (_, signer, audience, claims, code) => {
    const { direct, context } = attack.now;
    const requestId = crypto.randomUUID();
    const why = { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '31-x', inCase: false, reveal: [] };
    const via = await (await signerOf(signer)).sign({ mid: person().id, why, vwr: clerk(), req: requestId, ...claims }, { type: 'delta-via+jwt', audience, expiresInSeconds: 60 });
    const body = entities({ __typename: 'AnhuiMember', via });
    const answer = await direct('anhui', body, { 'x-delta-context': await context('anhui', body, { viewer: clerk(), requestId }) });
    expect([answer.codes, answer.text.includes('赵')]).toEqual([[code], false]);
  });
  test.each([
    ['a grant that another province signed', 'jiangsu', 'signed', 'delta-grant+jwt', {}, 'GRANT_INVALID'],
    ['a grant that the gateway signed', 'gateway', 'signed', 'delta-grant+jwt', {}, 'GRANT_INVALID'],
    ['a capability in place of a grant', 'shanghai', 'signed', 'delta-via+jwt', {}, 'GRANT_INVALID'],
    ['a grant of another request', 'shanghai', 'signed', 'delta-grant+jwt', { req: 'another' }, 'GRANT_MISMATCH'],
    ['a grant that another province proved', 'jiangsu', 'proven', 'delta-grant+jwt', {}, 'GRANT_INVALID'],
    ['a grant that the gateway proved', 'gateway', 'proven', 'delta-grant+jwt', {}, 'GRANT_INVALID'],
    ['a proven message of another kind', 'shanghai', 'proven', 'delta-via+jwt', {}, 'GRANT_INVALID'],
    ['a proven grant of another request', 'shanghai', 'proven', 'delta-grant+jwt', { req: 'another' }, 'GRANT_MISMATCH'],
  ])('by %s, at the zone', async (_, signer, way, type, claims, code) => {
    const { direct, context } = attack.now;
    const requestId = crypto.randomUUID();
    const by = await signerOf(signer);
    const messages = createPairMessages(by, await loadTrust(keyFiles(attack.now.zone.home).trust));
    const grant = await (way === 'signed' ? by.sign : messages.write)({ idx: 'v1:x', pur: 'CHECK_IN', lid: '31-x', cas: false, rev: [], vwr: clerk(), req: requestId, ...claims }, { type, audience: 'zone', expiresInSeconds: 60 });
    expect(grant.startsWith('p1.')).toBe(way === 'proven');
    const body = JSON.stringify({ query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on ShanghaiLookup { member { __typename } } } }', variables: { r: [{ __typename: 'ShanghaiLookup', id: '31-x', grant }] } });
    expect((await direct('zone', body, { 'x-delta-context': await context('zone', body, { viewer: clerk(), requestId }) })).codes).toEqual([code]);
  });
});

describe('wants a province to be believed more than it may', () => {
  test('one that claims another\'s member', async () => {
    const { zone } = attack.now;
    const [held] = await zone.rows<{ memberId: string; blindIndex: string }>('zone', 'select member_id as "memberId", blind_index as "blindIndex" from directory_entry where member_id = $1', [person().id]);
    const jiangsu = await signerOf('jiangsu');
    for (const entry of [{ ...held, ownershipVersion: 99 }, { ...held, memberId: '01890000-0000-7000-8000-00000000abcd', ownershipVersion: 1 }]) {
      const receipt = await fetchRegistration(zone.urls['zone']!, jiangsu, [entry]);
      expect([receipt.accepted, receipt.refused]).toEqual([[], [entry.memberId]]);
    }
    expect(await zone.rows('zone', 'select province, ownership_version as version from directory_entry where member_id = $1', [person().id])).toEqual([{ province: 'anhui', version: 1 }]);
    expect((await zone.rows('zone', 'select claimant, holder from duplicate_claim')).length).toBeGreaterThanOrEqual(1);
  });
  test('one that registers in another\'s name', async () => {
    const signer = await signerOf('jiangsu');
    await expect(fetchRegistration(attack.now.zone.urls['zone']!, { ...signer, name: 'anhui' }, [])).rejects.toMatchObject({ code: 'REGISTRATION_REFUSED' });
  });
  test.each([
    ['another\'s member', (id: string) => ({ data: { anhui: { members: { edges: [{ node: { __typename: 'ShanghaiMember', id, name: '<script>alert(1)</script>' } }], pageInfo: {} } } } })],
    ['keys that poison objects', () => ({ data: { anhui: { __proto__: { polluted: true }, constructor: { prototype: { polluted: true } }, name: '安徽省' } } })],
    ['no object at all', () => []],
  ])('one that answers %s', async (_, answer) => {
    const { zone } = attack.now;
    const rogue = createServer((request, response) => { request.resume().on('end', () => { response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(person().id))); }); }).listen(0, '127.0.0.1');
    await once(rogue, 'listening');
    const gateway = await startTestGateway({ home: zone.home, keys: keyFiles(zone.home), urls: { ...zone.urls, anhui: `http://127.0.0.1:${(rogue.address() as AddressInfo).port}/graphql` }, log: createLog('test', { level: 'silent' }), env: {} });
    try {
      const response = await fetch(new URL('/graphql', gateway.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ anhui { name members(first: 1) { edges { node { __typename id name } } } } provinces { code } }' }) });
      const text = await response.text();
      expect(response.headers.get('content-type')).toMatch(/^application\/(json|graphql-response\+json)/);
      expect(text).not.toMatch(/polluted|ShanghaiMember/);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect((JSON.parse(text) as { data: { provinces: object[] } }).data.provinces).toHaveLength(4);
    } finally {
      await gateway.close();
      rogue.closeAllConnections();
      rogue.close();
    }
  });
  test('one that hangs, or answers without end', async () => {
    const { zone } = attack.now;
    for (const endless of [false, true]) {
      const rogue = createServer((request, response) => {
        request.resume();
        if (!endless) return;
        response.setHeader('content-type', 'application/json');
        const timer = setInterval(() => { response.write(' '.repeat(65_536)); }, 1);
        response.on('close', () => { clearInterval(timer); });
      }).listen(0, '127.0.0.1');
      await once(rogue, 'listening');
      const gateway = await startTestGateway({ home: zone.home, keys: keyFiles(zone.home), urls: { ...zone.urls, anhui: `http://127.0.0.1:${(rogue.address() as AddressInfo).port}/graphql` }, log: createLog('test', { level: 'silent' }), env: { DELTA_SUBGRAPH_DEADLINE_MS: '700', DELTA_LIMIT_ANSWER_BYTES: '1000000' } });
      try {
        const started = performance.now();
        const response = await fetch(new URL('/graphql', gateway.url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ anhui { stations(first: 1) { edges { cursor } } } shanghai { name } }' }) });
        const { data, errors } = await response.json() as { data: { shanghai: object }; errors: { extensions: { code: string; province: string } }[] };
        expect(data.shanghai).toEqual({ name: '上海市' });
        expect(errors.map(({ extensions }) => extensions.province)).toEqual(['anhui']);
        expect(['PROVINCE_TIMEOUT', 'PROVINCE_ANSWER_INVALID']).toContain(errors[0]!.extensions.code);
        expect(performance.now() - started).toBeLessThan(3_000);
      } finally {
        await gateway.close();
        rogue.closeAllConnections();
        rogue.close();
      }
    }
  });
});

test('wants to smuggle markup or SQL through what is stored and shown', async () => {
  const hostile = '\'; drop table member; -- <img src=x onerror=alert(1)>';
  const answer = await attack.now.zone.ask<{ shanghai: { organizations: { edges: object[] } } }>('query($t: String!) { shanghai { organizations(first: 1, filter: { text: $t }) { edges { cursor } } } }', { t: hostile.slice(0, 40) });
  expect(answer.errors ?? []).toEqual([]);
  expect(answer.data.shanghai.organizations.edges).toEqual([]);
});

/** Speaks the registration protocol as the named signer would. */
async function fetchRegistration(url: string, signer: Signer, entries: readonly object[]): Promise<{ accepted: readonly string[]; refused: readonly string[] }> {
  const trust = await loadTrust(keyFiles(attack.now.zone.home).trust);
  return register(url, { signer, trust }, { entries } as unknown as RegistrationBatch);
}
