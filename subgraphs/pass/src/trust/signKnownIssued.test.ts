import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { toHex } from '../lib/bytes.js';
import { finishSync } from '../lib/steps.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { nodePlatform } from '../platform/nodePlatform.js';
import { openKnownIssued, signKnownIssued } from './knownIssued.js';
import type { TrustedKeys } from './trustKey.js';

test('a list of 200,000 passes is signed in whatever order they come, and finds each', async () => {
  const [issuing, status] = [0, 1].map(() => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)) as [ReturnType<typeof createNodeSigner>, ReturnType<typeof createNodeSigner>];
  const digests = Array.from({ length: 200_000 }, (_, i) => new Uint8Array(createHash('sha256').update(String(i)).digest()));
  const token = await signKnownIssued({ issuer: '31', kid: toHex(issuing.kid), issuedAt: 1000, digests }, status);
  const keys = [{ signer: issuing, use: 'pass' }, { signer: status, use: 'status' }] as const;
  const trust: TrustedKeys = {
    find: (kid) => keys.filter(({ signer }) => toHex(signer.kid) === kid).map(({ signer, use }) => ({ kid, issuer: '31', use, algorithm: -7, publicKey: signer.publicKey, from: 0, until: 2000, imported: nodePlatform.importKey(signer.publicKey)! }))[0],
    isCompromised: () => false,
  };
  const known = finishSync(openKnownIssued(nodePlatform, token, { trust }));
  expect([0, 1, 99_999, 199_999].map((i) => known.has(digests[i]!))).toEqual([true, true, true, true]);
  expect(known.has(new Uint8Array(createHash('sha256').update('forged').digest()))).toBe(false);
});
