import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createNodeSigner } from '@delta/pass';
import { readPoint } from './readPoint.js';

const { publicKey, kid } = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const text = Buffer.from(publicKey).toString('base64url');

test('a compressed point comes with the kid that a signer of its key has', () => {
  expect(readPoint(text)).toEqual({ publicKey: Buffer.from(publicKey), kid: Buffer.from(kid).toString('hex') });
});

test.each([['a whole point', `BA${'A'.repeat(42)}`], ['another first byte', `Af${'A'.repeat(42)}`], ['an abscissa beyond the field', `Av${'_'.repeat(42)}`], ['padding', `${text}=`],
  ['standard base64', `Ag${'+'.repeat(42)}`], ['a line break', `${text}\n`], ['too few bytes', text.slice(1)], ['nothing', '']])('%s is no compressed point', (_, given) => {
  expect(readPoint(given)).toBeUndefined();
});
