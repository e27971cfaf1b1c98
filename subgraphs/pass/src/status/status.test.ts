import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { toHex } from '../lib/bytes.js';
import { finishSync } from '../lib/steps.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { nodePlatform } from '../platform/nodePlatform.js';
import type { TrustedKeys } from '../trust/trustKey.js';
import { openStatusList } from './openStatusList.js';
import { signStatusList } from './signStatusList.js';
import { drawStatusIndex, setStatus, statusAt, statusBytes, statuses } from './statusBits.js';

test('a status is set and set back without touching its neighbours', () => {
  const bytes = statusBytes(9);
  expect(bytes).toHaveLength(3);
  for (let i = 0; i < 9; i += 1) setStatus(bytes, i, (['valid', 'revoked', 'suspended'] as const)[i % 3]!);
  setStatus(bytes, 4, 'valid');
  expect(Array.from({ length: 9 }, (_, i) => statusAt(bytes, i))).toEqual([0, 1, 2, 0, 0, 2, 0, 1, 2]);
  setStatus(bytes, 4, 'suspended');
  expect(statusAt(bytes, 4)).toBe(statuses.suspended);
});

test.each([12, 2 ** 31, 2 ** 32, 2 ** 34, 2 ** 53 - 1])('index %s of a list of twelve is past its end', (index) => {
  expect(statusAt(statusBytes(12), index)).toBeUndefined();
});

test('a place is drawn among the free ones, and none when all are taken', () => {
  const draws = [0.1, 0.15, 0.9];
  expect(drawStatusIndex(10, (index) => index === 1, () => draws.shift()!)).toBe(9);
  expect(drawStatusIndex(10, () => true, Math.random)).toBeUndefined();
});

test('the list of a million passes of which one in a hundred is revoked stays under 20 KiB, and comes back', async () => {
  const [issuing, status] = [0, 1].map(() => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)) as [ReturnType<typeof createNodeSigner>, ReturnType<typeof createNodeSigner>];
  const bytes = statusBytes(1_000_000);
  for (let set = 0; set < 10_000;) {
    const index = drawStatusIndex(1_000_000, (one) => statusAt(bytes, one) !== 0, Math.random)!;
    setStatus(bytes, index, set % 10 === 0 ? 'suspended' : 'revoked');
    set += 1;
  }
  const token = await signStatusList(nodePlatform, { issuer: '31', kid: toHex(issuing.kid), issuedAt: 1000, bytes }, status);
  expect(token.length).toBeLessThanOrEqual(20 * 1024);
  const keys = [{ signer: issuing, use: 'pass' }, { signer: status, use: 'status' }] as const;
  const trust: TrustedKeys = {
    find: (kid) => keys.filter(({ signer }) => toHex(signer.kid) === kid).map(({ signer, use }) => ({ kid, issuer: '31', use, algorithm: -7, publicKey: signer.publicKey, from: 0, until: 2000, imported: nodePlatform.importKey(signer.publicKey)! }))[0],
    isCompromised: () => false,
  };
  const list = finishSync(openStatusList(nodePlatform, token, { trust }));
  expect(list).toMatchObject({ issuer: '31', kid: toHex(issuing.kid), issuedAt: 1000 });
  expect(Buffer.compare(list.bytes, bytes)).toBe(0);
});
