import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { toHex } from '../lib/bytes.js';
import { encodeBase45 } from '../lib/base45.js';
import { createPassVerbs, type PassOutcome } from '../createPassVerbs.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { nodePlatform } from '../platform/nodePlatform.js';
import { challengeText, readChallenge, type Challenge } from '../proof/challenge.js';
import { stepAt } from '../proof/proofMessage.js';
import { createStationState, type StationState } from '../station/stationState.js';
import { statusBytes } from '../status/statusBits.js';
import type { TrustList } from '../trust/trustList.js';
import type { Claims } from './claims.js';
import { credentialText, issueCredential } from './issueCredential.js';
import type { PassContext } from './verifyPass.js';

const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const [issuer, stranger, holder] = [newSigner(), newSigner(), newSigner()];
const verbs = createPassVerbs(nodePlatform);
const [now, day] = [1_800_000_000, 86_400];
const kid = toHex(issuer.kid);
const key = { kid, issuer: '31', use: 'pass', algorithm: -7, publicKey: issuer.publicKey, from: now - day, until: now + day, imported: nodePlatform.importKey(issuer.publicKey)! } as const;
const trust: TrustList = { sequence: 1, issuedAt: now, expires: now + day, keys: [key], compromised: [], peers: [], digest: '', find: (wanted) => (wanted === kid ? key : undefined), isCompromised: () => false };
const context = (changes: Partial<PassContext> = {}): PassContext => ({
  profile: 'ap1', trust, status: () => ({ issuer: '31', kid, issuedAt: now, bytes: statusBytes(100) }), clock: { wall: now, monotonic: 0 }, state: createStationState(), activity: 'a', session: '1', ...changes,
});
const common = { issuer: '31', notBefore: now - 60, expires: now + day, passId: new Uint8Array(randomBytes(16)), statusIndex: 3 };
const phone: Claims = { ...common, class: 'phone', holder: holder.publicKey };
const paper: Claims = { ...common, class: 'paper', maskedName: '欧阳*' };
const free = { step: stepAt(now), nonce: new Uint8Array(8) };
const codeOf = (outcome: PassOutcome): string => (outcome.valid ? 'valid' : outcome.refusal.code);
let code: string;
beforeAll(async () => { code = await verbs.signProof(await issueCredential(phone, issuer), free, holder); });

describe('issuing', () => {
  test('a phone\'s credential is 166 bytes, and its code at most 260', async () => {
    const credential = await issueCredential({ ...phone, statusIndex: 900_000 }, issuer);
    expect(credential).toHaveLength(166);
    expect((await verbs.signProof(credential, free, holder)).length).toBeLessThanOrEqual(4 + 390);
  });
  test.each<[string, Claims, string]>([
    ['91 days', { ...phone, expires: now + 91 * day }, 'LIFE_EXCESSIVE'], ['31 days on paper', { ...paper, expires: now + 31 * day }, 'LIFE_EXCESSIVE'],
    ['milliseconds', { ...phone, expires: now * 1000 }, 'TIMES_IN_MILLISECONDS'], ['half a second', { ...phone, expires: now + 0.5 }, 'MALFORMED'],
    ['a short pass id', { ...phone, passId: new Uint8Array(15) }, 'MALFORMED'], ['a key that is not compressed', { ...phone, holder: new Uint8Array(65) }, 'MALFORMED'],
    ['a long name', { ...paper, maskedName: '王'.repeat(20) }, 'OVERSIZED'],
  ])('what a station would refuse is not issued: %s', async (_, claims, refusal) => {
    await expect(issueCredential(claims, issuer)).rejects.toMatchObject({ code: refusal });
  });
});

describe('judging', () => {
  test('an admitted pass tells what the attendance needs and nothing of the person', () => {
    const outcome = verbs.verifyPassSync(code, context());
    expect(outcome).toEqual({
      valid: true, profile: 'ap1', class: 'phone', issuer: '31', passId: toHex(common.passId), expires: now + day, now, freshness: 'current',
      proof: { step: free.step, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('paper gives the masked name for a person to hold against the document', async () => {
    expect(verbs.verifyPassSync(credentialText(await issueCredential(paper, issuer)), context())).toMatchObject({ valid: true, class: 'paper', maskedName: '欧阳*' });
  });

  test('the signature is judged before anything is said: a stranger\'s absurd claims are refused for the signature alone', async () => {
    const absurd = { ...phone, issuer: '99', expires: now - day, notBefore: now - 2 * day };
    const forged = await issueCredential(absurd, { kid: issuer.kid, sign: (bytes) => stranger.sign(bytes) });
    expect(codeOf(verbs.verifyPassSync(await verbs.signProof(forged, free, holder), context()))).toBe('SIGNATURE_INVALID');
  });

  test('what is refused asks nothing of the station\'s memory', async () => {
    const asked: string[] = [];
    const state: StationState = { claimProof: (proof) => { asked.push(proof); return true; }, claimUse: (use) => { asked.push(use); return true; } };
    const forged = await verbs.signProof(await issueCredential(phone, issuer), free, stranger);
    for (const text of [forged, code.slice(0, -3), 'AP2:', `AP1:${encodeBase45(new Uint8Array(100))}`]) expect(verbs.verifyPassSync(text, context({ state })).valid).toBe(false);
    expect(asked).toEqual([]);
    expect(verbs.verifyPassSync(code, context({ state })).valid).toBe(true);
    expect(asked).toHaveLength(2);
  });

  test('of two scans of one proof at once exactly one is admitted, with a memory that answers later', async () => {
    const memory = createStationState();
    const later = <A extends readonly unknown[]>(claim: (...args: A) => unknown) => (...args: A): Promise<boolean> => new Promise((done) => { setTimeout(() => done(claim(...args) === true), 5); });
    const state: StationState = { claimProof: later(memory.claimProof), claimUse: later(memory.claimUse) };
    const outcomes = await Promise.all([1, 2, 3].map(() => verbs.verifyPass(code, context({ state }))));
    expect(outcomes.map(codeOf).sort()).toEqual(['PROOF_REPLAYED', 'PROOF_REPLAYED', 'valid']);
    expect(() => verbs.verifyPassSync(code, context({ state }))).toThrow(TypeError);
  });

  test('without an activity nothing is counted, so the same pass may be looked at again', async () => {
    const { activity: _activity, ...looking } = context();
    expect(codeOf(verbs.verifyPassSync(code, looking))).toBe('valid');
    expect(codeOf(verbs.verifyPassSync(await verbs.signProof(await issueCredential(phone, issuer), { ...free, nonce: new Uint8Array(8).fill(1) }, holder), looking))).toBe('valid');
  });

  test.each([undefined, null, 5, {}, [], '', 'AP1', '\0', '💥'.repeat(300)])('%j is no pass, and no exception', (input) => {
    expect(['PREFIX', 'OVERSIZED']).toContain(codeOf(verbs.verifyPassSync(input as string, context())));
  });
});

test('a challenge comes back from its code, and only from its own', () => {
  const challenge: Challenge = { nonce: new Uint8Array(randomBytes(8)), step: 60_000_000, station: '31-0194244f-d800-7721-b05a-f96d549d6563', activity: '31-0194244f-d801-783f-ad33-c2af98b9d9ab' };
  const text = challengeText(challenge);
  expect(readChallenge(text)).toEqual(challenge);
  expect(() => readChallenge(`AP2:${text.slice(4)}`)).toThrow('no activity pass');
  expect(() => readChallenge(text.padEnd(400, '0'))).toThrow('larger');
});
