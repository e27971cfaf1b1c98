import { describe, expect, test } from '@jest/globals';
import { isMemberId } from '@delta/schema/ids';
import { validate, version } from 'uuid';
import { dateParts, dateText, dayNumber } from './calendar.js';
import { createDraw, fraction, pick } from './draw.js';
import { uuidV7 } from './uuid.js';

describe('the counter generator', () => {
  test('gives the same value for the same seed, stream, index and field, on every machine', () => {
    const draw = createDraw(20_260_101, '319999/member');
    expect([draw(0, 0), draw(1, 0), draw(0, 1), draw(341_882_104, 300)]).toEqual([4_134_148_953, 93_061_099, 656_613_163, 3_807_592_922]);
  });

  test('spreads evenly over indexes and fields', () => {
    const draw = createDraw(1, 'even');
    const counts = new Array<number>(16).fill(0);
    for (let index = 0; index < 4000; index += 1) for (let field = 0; field < 8; field += 1) counts[Math.floor(fraction(draw(index, field)) * 16)]! += 1;
    // Chi-square of 15 degrees of freedom: above 37.7 once in a thousand.
    const expected = 32_000 / 16;
    expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(37.7);
  });

  test('does not let one field tell another', () => {
    const draw = createDraw(1, 'fields');
    let agree = 0;
    for (let index = 0; index < 20_000; index += 1) if ((draw(index, 0) >>> 31) === (draw(index, 1) >>> 31)) agree += 1;
    expect(agree / 20_000).toBeCloseTo(0.5, 1);
    expect(createDraw(2, 'fields')(0, 0)).not.toBe(draw(0, 0));
    expect(createDraw(1, 'field')(0, 0)).not.toBe(draw(0, 0));
  });

  test('picks the first and the last, never past the end', () => {
    expect([pick(['a', 'b', 'c'], 0), pick(['a', 'b', 'c'], 0xffff_ffff)]).toEqual(['a', 'c']);
  });
});

describe('made ids and days', () => {
  test.each([[0, 0, 0], [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0x1234_5678, 0x9abc_def0, 0x0fed_cba9]] as const)('the draws %d, %d, %d make a UUIDv7', (a, b, c) => {
    const id = uuidV7(Date.UTC(2025, 0, 1), a, b, c);
    expect(isMemberId(id)).toBe(true);
    expect([validate(id), version(id)]).toEqual([true, 7]);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2025, 0, 1));
  });

  test('a day number is its date and back, and the eighteenth birthday of a leap day falls on March 1', () => {
    expect(dateText(dayNumber(1945, 1, 1))).toBe('1945-01-01');
    expect(dateText(dayNumber(2000, 2, 29), '')).toBe('20000229');
    expect(dateParts(dayNumber(2006, 12, 31))).toEqual([2006, 12, 31]);
    expect(dateText(dayNumber(1988 + 18, 2, 29))).toBe('2006-03-01');
  });
});
