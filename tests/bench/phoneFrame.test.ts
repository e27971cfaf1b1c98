import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { seeded } from '../faults/random.js';
import { readQr, type Frame } from '../support/readQr.js';
import { modulePixels, phoneFrame, type View } from './phoneFrame.js';

const text = `AP2:${'0123456789ABCDEF'.repeat(23)}`;
const view: View = { distance: 150, turn: 0.4, tilt: 0.2, tiltAxis: 1, shift: [5, -3], white: 80, black: 15, gradient: 0.3, blur: 0.8, noise: 3 };

test('a dim, turned, tilted phone is read, the same seed draws the same frame and another seed another', async () => {
  const frame = phoneFrame(text, view, seeded(1));
  expect(await readQr(frame)).toBe(text);
  const digest = ({ data }: Frame): string => createHash('sha256').update(data).digest('hex');
  expect(digest(phoneFrame(text, view, seeded(1)))).toBe(digest(frame));
  expect(digest(phoneFrame(text, view, seeded(2)))).not.toBe(digest(frame));
  expect(frame.data.every((level, i) => i % 4 === 3 || level < 110)).toBe(true);
  expect(modulePixels(57, view)).toBeCloseTo(3.41, 2);
});

test('a blur of one and a half modules leaves nothing to read, nor does a white screen', async () => {
  expect(await readQr(phoneFrame(text, { ...view, blur: 1.5 * modulePixels(57, view) }, seeded(1)))).toBeUndefined();
  expect(await readQr(phoneFrame(undefined, view, seeded(1)))).toBeUndefined();
});
