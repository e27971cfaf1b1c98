import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PassRefusal } from './passRefusal.js';
import { refusalCatalogue } from './refusalCatalogue.js';
import { refusalsDocument } from './refusalsDocument.js';

test('the catalogue has the profile\'s fifty refusals and numbers without gap or double', () => {
  const numbers = Object.values(refusalCatalogue).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  expect(numbers.length).toBeGreaterThanOrEqual(50);
});

test('every refusal says what was wrong and what a clerk does, both in Chinese too', () => {
  for (const [code, { message, zh, clerk, clerkZh }] of Object.entries(refusalCatalogue)) {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(message).toMatch(/\.$/);
    expect(clerk).toMatch(/\.$/);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(clerkZh).toMatch(/\p{Script=Han}。$/u);
  }
});

test('a refusal bears its code, the part it is about, and the entry', () => {
  const refusal = new PassRefusal('EXPIRED', 'credential');
  expect(refusal).toMatchObject({ code: 'EXPIRED', part: 'credential', message: refusalCatalogue.EXPIRED.message, entry: { number: 12 } });
});

test('REFUSALS.md is what the catalogue generates', () => {
  expect(readFileSync(new URL('../../REFUSALS.md', import.meta.url), 'utf8')).toBe(refusalsDocument());
});
