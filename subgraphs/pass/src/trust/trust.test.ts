import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { toHex } from '../lib/bytes.js';
import { finishSync } from '../lib/steps.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { nodePlatform } from '../platform/nodePlatform.js';
import { fingerprintOfRoots } from './fingerprintOfRoots.js';
import { openKnownIssued, signKnownIssued } from './knownIssued.js';
import { openTrustList, type OpenTrustListOptions } from './openTrustList.js';
import { requireCurrent } from './requireCurrent.js';
import { keysWithoutNext } from './rotation.js';
import { signTrustList as signOn } from './signTrustList.js';
import type { Root, TrustListContent } from './trustList.js';
import type { TrustKey } from './trustKey.js';

const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const provinces = ['31', '32', '33', '34'];
const rootSigners = provinces.map(newSigner);
const roots: Root[] = rootSigners.map((signer, i) => ({ issuer: provinces[i]!, kid: toHex(signer.kid), publicKey: signer.publicKey }));
const [pass, status] = [newSigner(), newSigner()];
const day = 86_400;
const now = 1_800_000_000;
const entry = (signer: typeof pass, use: TrustKey['use'], until = now + 300 * day, from = now - 65 * day): TrustKey => ({ kid: toHex(signer.kid), issuer: '31', use, algorithm: -7, publicKey: signer.publicKey, from, until });
const content: TrustListContent = { sequence: 7, issuedAt: now, expires: now + 7 * day, keys: [entry(pass, 'pass'), entry(status, 'status')], compromised: [], peers: [{ owner: '32', address: 'https://jiangsu.invalid' }] };
const signTrustList = (list: TrustListContent, signers: readonly (typeof pass)[]): Promise<Uint8Array> => signOn(nodePlatform, list, signers);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
};
const open = (bytes: Uint8Array, options: Partial<OpenTrustListOptions> = {}) => finishSync(openTrustList(nodePlatform, bytes, { roots, ...options }));

describe('the trust list', () => {
  let list: Uint8Array;
  beforeAll(async () => { list = await signTrustList(content, [rootSigners[0]!, rootSigners[2]!]); });

  test('comes back with what the roots signed', () => {
    const { find, isCompromised, digest, ...rest } = open(list);
    expect(rest).toEqual(content);
    expect(find(toHex(pass.kid))).toMatchObject({ issuer: '31', use: 'pass' });
    expect(isCompromised(toHex(pass.kid))).toBe(false);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('any two of the four roots are enough, one is not', async () => {
    for (let a = 0; a < 4; a += 1) for (let b = 0; b < 4; b += 1) {
      const signed = await signTrustList(content, [rootSigners[a]!, rootSigners[b]!]);
      expect(codeOf(() => open(signed))).toBe(a === b ? 'TRUST_LIST_SIGNATURES' : 'none');
    }
  });

  test('two keys of one province are one province', async () => {
    const second = newSigner();
    const signed = await signTrustList(content, [rootSigners[0]!, second]);
    expect(codeOf(() => open(signed, { roots: [...roots, { issuer: '31', kid: toHex(second.kid), publicKey: second.publicKey }] }))).toBe('TRUST_LIST_SIGNATURES');
  });

  test('the same content signed by others is the same list; a lower number or another content is a step back', async () => {
    const last = { sequence: 7, digest: open(list).digest };
    expect(codeOf(() => open(list, { last }))).toBe('none');
    const resigned = await signTrustList(content, [rootSigners[1]!, rootSigners[3]!]);
    expect(codeOf(() => open(resigned, { last }))).toBe('none');
    for (const changes of [{ sequence: 6 }, { compromised: [toHex(pass.kid)] }]) {
      const other = await signTrustList({ ...content, ...changes }, rootSigners);
      expect(codeOf(() => open(other, { last }))).toBe('TRUST_LIST_ROLLED_BACK');
    }
    const next = await signTrustList({ ...content, sequence: 8, compromised: [toHex(pass.kid)] }, rootSigners);
    expect(open(next, { last }).isCompromised(toHex(pass.kid))).toBe(true);
  });

  test.each<[string, Partial<TrustListContent>, string]>([
    ['eight days', { expires: now + 7 * day + 1 }, 'LIFE_EXCESSIVE'], ['no days', { expires: now }, 'EXPIRY_BEFORE_START'],
    ['milliseconds', { expires: (now + day) * 1000, issuedAt: now * 1000 }, 'TIMES_IN_MILLISECONDS'], ['a kid twice', { keys: [entry(pass, 'pass'), entry(pass, 'status')] }, 'MALFORMED'],
    ['another\'s key under a kid', { keys: [{ ...entry(pass, 'pass'), publicKey: status.publicKey }] }, 'MALFORMED'],
    ['a key for the exchange under a kid of its own choice', { keys: [{ ...entry(pass, 'exchange'), algorithm: -8, publicKey: new Uint8Array(32) }] }, 'MALFORMED'],
  ])('the roots do not sign one of %s', async (_, changes, code) => {
    await expect(signTrustList({ ...content, ...changes }, rootSigners)).rejects.toMatchObject({ code });
  });

  test('the roots\' fingerprint does not depend on their order and changes with each of them', () => {
    const print = (list: readonly Root[]): string => finishSync(fingerprintOfRoots(nodePlatform, list));
    expect(print([...roots].reverse())).toBe(print(roots));
    expect(print(roots.map((root, i) => (i === 2 ? { ...root, publicKey: pass.publicKey } : root)))).not.toBe(print(roots));
  });
});

describe('rotation', () => {
  const ending = entry(pass, 'pass', now + 29 * day);
  test('a key that ends within 30 days wants a next one in the list', () => {
    expect(keysWithoutNext([ending, entry(status, 'status')], now)).toEqual([ending]);
    expect(keysWithoutNext([ending], now - 2 * day)).toEqual([]);
    expect(keysWithoutNext([ending], ending.until + 1)).toEqual([]);
  });
  test('the next one is of the same issuer and use, and leaves no gap', () => {
    const next = entry(newSigner(), 'pass', now + 390 * day, ending.until);
    expect(keysWithoutNext([ending, next], now)).toEqual([]);
    for (const bad of [{ ...next, issuer: '32' }, { ...next, use: 'status' as const }, { ...next, from: ending.until + 1 }]) expect(keysWithoutNext([ending, bad], now)).toEqual([ending]);
  });
});

test('a known-issued list knows exactly the credentials that it was made of', async () => {
  const trust = open(await signTrustList({ ...content, compromised: [toHex(pass.kid)] }, rootSigners));
  const digests = Array.from({ length: 500 }, () => new Uint8Array(randomBytes(32)));
  const known = finishSync(openKnownIssued(nodePlatform, await signKnownIssued({ issuer: '31', kid: toHex(pass.kid), issuedAt: now, digests }, status), { trust }));
  expect(digests.every((digest) => known.has(digest))).toBe(true);
  for (let i = 0; i < 500; i += 1) expect(known.has(new Uint8Array(randomBytes(32)))).toBe(false);
  const none = finishSync(openKnownIssued(nodePlatform, await signKnownIssued({ issuer: '31', kid: toHex(pass.kid), issuedAt: now, digests: [] }, status), { trust }));
  expect(none.has(digests[0]!)).toBe(false);
});

test('a list may be taken from ninety seconds before it was made until its end', () => {
  const at = (seconds: number) => () => { requireCurrent({ issuedAt: 1_000, expires: 2_000 }, seconds); };
  for (const seconds of [910, 1_000, 1_999]) expect(at(seconds)).not.toThrow();
  expect([codeOf(at(909)), codeOf(at(2_000))]).toEqual(['STATION_CLOCK', 'TRUST_LIST_EXPIRED']);
});
