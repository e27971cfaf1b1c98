import { describe, expect, test } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { ConnectionLost, isDatabaseGone } from './failure.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a failure', () => {
  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '57P01', '57P03', '08006', '53300', '57014', '25006'])('with code %s is the database\'s', (code) => {
    expect(isDatabaseGone(coded(code))).toBe(true);
    expect(isDatabaseGone(new QueryFailedError('select 1', [], coded(code)))).toBe(true);
    expect(isDatabaseGone(new AggregateError([coded(code)]))).toBe(true);
    expect(isDatabaseGone(new Error('outer', { cause: coded(code) }))).toBe(true);
  });

  test.each(['23505', '40001', '42P01', '22012', '28P01'])('with code %s is not', (code) => {
    expect(isDatabaseGone(coded(code))).toBe(false);
  });

  test('without a code is judged by what pg says', () => {
    expect(isDatabaseGone(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isDatabaseGone(new Error('the text says Connection terminated somewhere'))).toBe(false);
    expect(isDatabaseGone(new ConnectionLost('x'))).toBe(true);
    expect(isDatabaseGone('Connection terminated')).toBe(false);
    expect(isDatabaseGone(undefined)).toBe(false);
  });
});
