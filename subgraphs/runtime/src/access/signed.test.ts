import { describe, expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { createSigner, createTrust, generateKeyPair, type Signer, type Trust } from '@delta/service/keys';
import { createPairMessages, type PairMessages } from '@delta/service/pairMessage';
import { signCapability, verifyCapability } from './capability.js';
import { verifyGrant, writeGrant } from './grant.js';

const [zoneKeys, shanghaiKeys, anhuiKeys, strangerKeys] = await Promise.all(['zone', 'shanghai', 'anhui', 'shanghai'].map(generateKeyPair));
const [zone, shanghai, anhui, stranger] = await Promise.all([zoneKeys, shanghaiKeys, anhuiKeys, strangerKeys].map((keys) => createSigner(keys!.privateKey)));
const trust = await createTrust({ keys: { zone: [zoneKeys!.publicKey], shanghai: [shanghaiKeys!.publicKey], anhui: [anhuiKeys!.publicKey] } });

const viewer: Viewer = { issuer: 'https://id.shanghai.example', subject: 'c-1', role: 'station_clerk', province: '31', organization: '31-a', member: null };
const asked = { viewer, requestId: 'r-1' };
const code = (answer: Promise<unknown>): Promise<unknown> => answer.then(() => 'accepted', (error: { code?: string }) => error.code);

/** The same key, but what it signs is over already. */
const late = (signer: Signer): Signer => ({ ...signer, sign: (claims, options) => signer.sign(claims, { ...options, expiresInSeconds: -60 }) });

/** Another claim under the old signature. */
function altered(token: string, claim: string, value: unknown): string {
  const [head, body, ...proof] = token.split('.');
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>;
  return [head, Buffer.from(JSON.stringify({ ...claims, [claim]: value })).toString('base64url'), ...proof].join('.');
}

describe('a capability', () => {
  const why = { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '31-l', inCase: false, reveal: [] } as const;
  const give = (signer: Signer = zone!, owner = 'anhui'): Promise<string> => signCapability(signer, owner, { memberId: 'm-1', why }, asked);

  test('hands one member on to the owner, for the reason that the zone saw', async () => {
    expect(await verifyCapability(trust, 'anhui', await give(), asked)).toEqual({ memberId: 'm-1', why });
  });

  test('fits no other province', async () => {
    expect(await code(verifyCapability(trust, 'shanghai', await give(), asked))).toBe('CAPABILITY_INVALID');
  });

  test('fits no other request', async () => {
    expect(await code(verifyCapability(trust, 'anhui', await give(), { ...asked, requestId: 'r-2' }))).toBe('CAPABILITY_MISMATCH');
  });

  test('fits no other viewer, nor nobody', async () => {
    expect(await code(verifyCapability(trust, 'anhui', await give(), { ...asked, viewer: { ...viewer, subject: 'c-2' } }))).toBe('CAPABILITY_MISMATCH');
    expect(await code(verifyCapability(trust, 'anhui', await give(), { ...asked, viewer: { ...viewer, role: 'branch_secretary' } }))).toBe('CAPABILITY_MISMATCH');
    expect(await code(verifyCapability(trust, 'anhui', await give(), { ...asked, viewer: null }))).toBe('CAPABILITY_MISMATCH');
  });

  test('ends', async () => {
    expect(await code(verifyCapability(trust, 'anhui', await give(late(zone!)), asked))).toBe('CAPABILITY_EXPIRED');
  });

  test('is refused when altered', async () => {
    expect(await code(verifyCapability(trust, 'anhui', altered(await give(), 'mid', 'm-2'), asked))).toBe('CAPABILITY_INVALID');
  });

  test('is the zone\'s to give, not a province\'s', async () => {
    expect(await code(verifyCapability(trust, 'anhui', await give(shanghai), asked))).toBe('CAPABILITY_INVALID');
  });

  test('is no grant, though the zone has signed it', async () => {
    const grant = await zone!.sign({ mid: 'm-1', why, vwr: viewer, req: 'r-1' }, { type: 'delta-grant+jwt', audience: 'anhui', expiresInSeconds: 60 });
    expect(await code(verifyCapability(trust, 'anhui', grant, asked))).toBe('CAPABILITY_INVALID');
  });
});

/** Whose keys are on no list that names one for each: they sign, where others prove by the pair's key. */
const signing = (over: Trust): Trust => ({ ...over, keysOf: async () => [] });

describe.each([['proven by the pair\'s key', (over: Trust) => over], ['signed', signing]])('a grant, %s', (_, as) => {
  const now = new Date();
  const lookup = { id: '31-l', blindIndex: 'v1:x', purpose: 'CHECK_IN', inCase: false, reveal: [], presence: null, expiresAt: new Date(now.getTime() + 300_000) };
  const from = (signer: Signer): PairMessages => createPairMessages(signer, as(trust));
  const give = (signer: Signer = shanghai!, over = (messages: PairMessages) => messages): Promise<string> => writeGrant(over(from(signer)), lookup, asked, now);
  const lateMessages = (messages: PairMessages): PairMessages => ({ ...messages, write: (claims, options) => messages.write(claims, { ...options, expiresInSeconds: -60 }) });
  const atZone = createPairMessages(zone!, trust);

  test('says whom, why and by which act, and nothing of the person', async () => {
    const grant = await give();
    expect(await verifyGrant(atZone, 'shanghai', grant, asked)).toEqual({ blindIndex: 'v1:x', reason: { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '31-l', inCase: false, reveal: [] } });
    expect(Object.keys(JSON.parse(Buffer.from(grant.split('.')[1]!, 'base64url').toString()) as object).sort())
      .toEqual(['aud', 'cas', 'exp', 'iat', 'idx', 'iss', 'lid', 'pur', 'req', 'rev', 'vwr']);
  });

  test('by a pass says who issued it and what the phone answered, and neither an index nor a case', async () => {
    const presence = { owner: '34', text: 'AP2:X', challenge: 'AP3:X' };
    const grant = await writeGrant(from(shanghai!), { ...lookup, blindIndex: 'pass:34:00', inCase: true, reveal: ['name'], presence }, asked, now);
    expect(await verifyGrant(atZone, 'shanghai', grant, asked)).toEqual({ blindIndex: null, reason: { kind: 'PRESENT', purpose: 'CHECK_IN', lookupId: '31-l', presence } });
    expect(Object.keys(JSON.parse(Buffer.from(grant.split('.')[1]!, 'base64url').toString()) as object).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'lid', 'prs', 'pur', 'req', 'vwr']);
  });

  test.each([null, 'AP2:', {}, { owner: '34', text: 1, challenge: 'AP3:X' }, { owner: '34', text: 'A'.repeat(501), challenge: 'AP3:X' }])('by a pass says it in its form, which %j is not', async (presence) => {
    const grant = await from(shanghai!).write({ prs: presence, pur: 'CHECK_IN', lid: '31-l', vwr: viewer, req: 'r-1' }, { type: 'delta-grant+jwt', audience: 'zone', expiresInSeconds: 60 });
    expect(await code(verifyGrant(atZone, 'shanghai', grant, asked))).toBe('GRANT_INVALID');
  });

  test('ends with its lookup', async () => {
    const { exp, iat } = JSON.parse(Buffer.from((await give()).split('.')[1]!, 'base64url').toString()) as { exp: number; iat: number };
    expect(exp - iat).toBe(300);
    expect(await code(verifyGrant(atZone, 'shanghai', await give(shanghai, lateMessages), asked))).toBe('GRANT_EXPIRED');
  });

  test('fits no other viewer and no other request', async () => {
    expect(await code(verifyGrant(atZone, 'shanghai', await give(), { ...asked, viewer: { ...viewer, organization: '31-b' } }))).toBe('GRANT_MISMATCH');
    expect(await code(verifyGrant(atZone, 'shanghai', await give(), { ...asked, requestId: 'r-2' }))).toBe('GRANT_MISMATCH');
  });

  test('is refused when altered, to another person or another purpose', async () => {
    expect(await code(verifyGrant(atZone, 'shanghai', altered(await give(), 'idx', 'v1:y'), asked))).toBe('GRANT_INVALID');
    expect(await code(verifyGrant(atZone, 'shanghai', altered(await give(), 'pur', 'MEMBER_SERVICE'), asked))).toBe('GRANT_INVALID');
  });

  test('is the asking province\'s to give: another\'s and a stranger\'s are refused', async () => {
    expect(await code(verifyGrant(atZone, 'shanghai', await give(anhui), asked))).toBe('GRANT_INVALID');
    expect(await code(verifyGrant(atZone, 'shanghai', await give(stranger), asked))).toBe('GRANT_INVALID');
    expect(await code(verifyGrant(atZone, 'shanghai', 'no token at all', asked))).toBe('GRANT_INVALID');
  });

  test('is meant for the zone alone', async () => {
    const other = await from(shanghai!).write({ idx: 'v1:x', pur: 'CHECK_IN', lid: '31-l', vwr: viewer, req: 'r-1' }, { type: 'delta-grant+jwt', audience: 'anhui', expiresInSeconds: 60 });
    expect(await code(verifyGrant(atZone, 'shanghai', other, asked))).toBe('GRANT_INVALID');
  });
});
