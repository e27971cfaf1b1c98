import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { loadSigner } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { SignJWT, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { startTestGateway } from '../../support/gateway.js';
import { underAttack } from './attack.js';

const attack = underAttack();
const own = '{ shanghai { members(first: 1) { edges { node { id name } } } } }';
const body = JSON.stringify({ query: own });
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const split = (token: string): { header: Record<string, unknown>; claims: Record<string, unknown>; signed: string } => {
  const [header, claims] = token.split('.').slice(0, 2).map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>);
  return { header: header!, claims: claims!, signed: token.slice(0, token.lastIndexOf('.')) };
};
const refused = async (token: string, code: string): Promise<void> => {
  expect((await attack.now.raw(body, bearer(token))).codes).toEqual([code]);
};

describe('wants to be somebody else', () => {
  test('by a token that claims to need no signature', async () => {
    const { header, claims } = split(await attack.now.zone.token());
    for (const alg of ['none', 'None', 'NONE']) {
      for (const signature of ['', 'AAAA']) await refused(`${part({ ...header, alg })}.${part(claims)}.${signature}`, 'TOKEN_SIGNATURE');
    }
  });

  test('by a token signed with the issuer\'s public key as if it were a secret', async () => {
    const { header, claims } = split(await attack.now.zone.token());
    const issuers = JSON.parse(await readFile(keyFiles(attack.now.zone.home).issuers, 'utf8')) as { province: string | null; jwks: { keys: JWK[] } }[];
    const key = issuers.find(({ province }) => province === '31')!.jwks.keys[0]!;
    const signed = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`;
    for (const secret of [JSON.stringify(key), key.x!, Buffer.from(key.x!, 'base64url')]) await refused(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`, 'TOKEN_SIGNATURE');
  });

  test('by a token with a key of its own inside', async () => {
    const { claims } = split(await attack.now.zone.token());
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    await refused(await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'mine', jwk, jku: 'http://127.0.0.1:1/jwks' }).sign(privateKey), 'TOKEN_SIGNATURE');
  });

  test('by a token whose claims were changed after signing', async () => {
    const token = await attack.now.zone.token();
    const { header, claims } = split(token);
    await refused(`${part(header)}.${part({ ...claims, role: 'branch_secretary' })}.${token.split('.')[2]!}`, 'TOKEN_SIGNATURE');
  });

  test('by a token meant for another system', async () => { await refused(await resigned(await attack.now.zone.token(), { aud: 'payroll' }), 'TOKEN_AUDIENCE'); });

  test('by a token that has expired, or never ends', async () => {
    await refused(await attack.now.zone.token({ lifeSeconds: -60 }), 'TOKEN_EXPIRED');
    await refused(await resigned(await attack.now.zone.token(), { exp: undefined }), 'TOKEN_MALFORMED');
  });

  test('by a token of another kind, signed by a service of the zone', async () => {
    const signer = await loadSigner(keyFiles(attack.now.zone.home).signing('shanghai'));
    await refused(await signer.sign({ sub: 'x', role: 'station_clerk' }, { type: 'at+jwt', audience: 'delta', expiresInSeconds: 60 }), 'TOKEN_ISSUER_UNKNOWN');
  });
});

describe('wants more than its issuer may give', () => {
  test('a role of the zone', async () => { await refused(await resigned(await attack.now.zone.token(), { role: 'zone_operator' }), 'TOKEN_ROLE_NOT_ALLOWED'); });
  test('a role that does not exist', async () => { await refused(await resigned(await attack.now.zone.token(), { role: '__proto__' }), 'TOKEN_ROLE_NOT_ALLOWED'); });
  test('another province', async () => { await refused(await resigned(await attack.now.zone.token(), { province: '34' }), 'TOKEN_ROLE_NOT_ALLOWED'); });
  test('another province\'s organisation', async () => {
    await refused(await attack.now.zone.token({ organization: attack.now.zone.anchors('anhui').clerkOrganizationId }), 'TOKEN_ROLE_NOT_ALLOWED');
  });
});

describe('wants to be believed without a token', () => {
  test('by headers that only the gateway sends', async () => {
    const { zone, raw, context } = attack.now;
    const viewer = { issuer: 'x', subject: 'x', role: 'station_clerk', province: '31', organization: zone.anchors('shanghai').clerkOrganizationId, member: null } as const;
    const forged = { 'x-delta-context': await context('shanghai', body, { viewer }), 'x-delta-viewer': JSON.stringify(viewer), 'x-request-id': 'mine', 'x-forwarded-user': 'clerk' };
    const answer = await raw(body, forged);
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
    expect(answer.headers.get('x-request-id')).not.toBe('mine');
  });

  test('by the gateway\'s key, in the name of a province\'s own clerk', async () => {
    const { zone, direct, context } = attack.now;
    const viewer = { issuer: 'x', subject: 'x', role: 'station_clerk', province: '31', organization: zone.anchors('shanghai').clerkOrganizationId, member: null } as const;
    expect((await direct('shanghai', body, { 'x-delta-context': await context('shanghai', body, { viewer }) })).codes).toEqual(['CONTEXT_REFUSED']);
  });

  test('by a request captured on its way, sent again', async () => {
    const { direct, context } = attack.now;
    const query = JSON.stringify({ query: '{ anhui { name } }' });
    const captured = { 'x-delta-context': await context('anhui', query) };
    expect((await direct('anhui', query, captured)).codes).toEqual([]);
    expect((await direct('anhui', query, captured)).codes).toEqual(['CONTEXT_REFUSED']);
  });

  test('by a context for another subgraph, another body, another signer, or none', async () => {
    const { zone, direct, context } = attack.now;
    const query = JSON.stringify({ query: '{ anhui { name } }' });
    const stranger = await loadSigner(keyFiles(zone.home).signing('jiangsu'));
    const forged = await stranger.sign({ vwr: null, req: 'r', dig: 'x', jti: crypto.randomUUID() }, { type: 'delta-context+jwt', audience: 'anhui', expiresInSeconds: 30 });
    const wrong = [await context('jiangsu', query), await context('anhui', `${query} `), forged, 'x', ''];
    for (const header of wrong) expect((await direct('anhui', query, { 'x-delta-context': header })).codes).toEqual(['CONTEXT_REFUSED']);
    expect((await direct('anhui', query)).codes).toEqual(['CONTEXT_REFUSED']);
  });
});

test('wants the gateway to fetch keys without end, by tokens that name keys nobody has', async () => {
  const { zone } = attack.now;
  let fetched = 0;
  const issuer = createServer((_, response) => { fetched += 1; response.setHeader('content-type', 'application/json').end('{"keys":[]}'); }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  const keys = keyFiles(zone.home);
  const list = JSON.parse(await readFile(keys.issuers, 'utf8')) as { issuer: string; province: string | null; jwks?: object; jwksUri?: string }[];
  const [shanghai] = list.filter(({ province }) => province === '31');
  delete shanghai!.jwks;
  shanghai!.jwksUri = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  const issuers = join(zone.home, 'issuers-remote.json');
  await writeFile(issuers, JSON.stringify(list));
  const gateway = await startTestGateway({ home: zone.home, keys: { ...keys, issuers }, urls: zone.urls, log: createLog('test', { level: 'silent' }), env: {} });
  try {
    const { claims } = split(await zone.token());
    const { privateKey } = await generateKeyPair('ES256');
    for (let i = 0; i < 60; i += 1) {
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: `kid-${i}` }).sign(privateKey);
      const answer = await fetch(new URL('/graphql', gateway.url), { method: 'POST', body, headers: { 'content-type': 'application/json', ...bearer(token) } });
      expect(answer.status).toBe(401);
    }
    expect(fetched).toBeLessThanOrEqual(2);
  } finally {
    await gateway.close();
    issuer.close();
  }
});

/** The token again with other claims, signed by Shanghai's real issuer key: the issuer itself is the attacker. */
async function resigned(token: string, over: Record<string, unknown>): Promise<string> {
  const jwk = JSON.parse(await readFile(keyFiles(attack.now.zone.home).issuer('shanghai'), 'utf8')) as JWK;
  const { header, claims } = split(token);
  const changed = Object.fromEntries(Object.entries({ ...claims, ...over }).filter(([, value]) => value !== undefined));
  return new SignJWT(changed).setProtectedHeader({ alg: 'ES256', kid: header['kid'] as string, typ: 'at+jwt' }).sign(await importJWK(jwk, 'ES256'));
}
