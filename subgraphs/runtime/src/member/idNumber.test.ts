import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PlatformError } from '@delta/schema/errors';
import validator from 'validator';
import { checkIdNumber, idNumberCheckCharacter, maskIdNumber, type IdNumberRules } from './idNumber.js';

interface Vector { readonly what: string; readonly mode: IdNumberRules['mode']; readonly number: string }
const vectors = JSON.parse(readFileSync(new URL('./idNumber.vectors.json', import.meta.url), 'utf8')) as
  { today: string; valid: Vector[]; invalid: (Vector & { code: string })[] };
const { today } = vectors;

const refusal = (number: string, mode: IdNumberRules['mode']): PlatformError | undefined => {
  try {
    checkIdNumber(number, { mode, today });
    return undefined;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
};

describe('ID numbers', () => {
  test.each(vectors.valid)('$what is accepted as it stands', ({ number, mode }) => {
    expect(checkIdNumber(number, { mode, today })).toBe(number);
    expect(validator.isIdentityCard(number, 'zh-CN')).toBe(true);
  });

  test.each(vectors.invalid)('$what is refused with $code', ({ number, mode, code }) => {
    const error = refusal(number, mode);
    expect(error?.code).toBe(code);
    if (number.length > 4) expect(JSON.stringify({ ...error, message: error?.message, extensions: error?.extensions })).not.toContain(number);
  });

  test('every single mistyped digit is noticed', () => {
    const number = '31999919800101001' + idNumberCheckCharacter('31999919800101001');
    for (let at = 0; at < 17; at += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const typed = number.slice(0, at) + digit + number.slice(at + 1);
        if (typed !== number) expect(refusal(typed, 'demo')).toBeDefined();
      }
    }
  });

  test('the day of the check decides what lies in the future', () => {
    const number = '31999920060615001' + idNumberCheckCharacter('31999920060615001');
    expect(checkIdNumber(number, { mode: 'demo', today: '2006-06-15' })).toBe(number);
    expect(() => checkIdNumber(number, { mode: 'demo', today: '2006-06-14' })).toThrow(expect.objectContaining({ code: 'ID_NUMBER_DATE' }));
  });

  test('a masked number shows its last four characters and no more', () => {
    expect(maskIdNumber('11010519491231002X')).toBe('**************002X');
  });
});
