import { expect, test } from '@jest/globals';
import { codeOf, readCode, readStationKey, requireOpen, shownCode } from './rules.js';

const code = codeOf(Uint8Array.from({ length: 16 }, (_, i) => i * 7));

test('a code is read as it is shown, in small letters, and with letters that look like digits', () => {
  const read = readCode(code);
  expect(read.selector.length + read.secret.length).toBe(16);
  for (const typed of [shownCode(code), shownCode(code).toLowerCase(), code.replaceAll('-', ' ')]) expect(readCode(typed)).toEqual(read);
  expect(readCode('OIL0-0000-0000-0000')).toEqual(readCode('0110-0000-0000-0000'));
});

test.each([['too short', code.slice(1)], ['too long', `${code}0`], ['a letter of no code', `U${code.slice(1)}`], ['nothing', ''], ['another script', `零${code.slice(1)}`]])('%s is no code', (_, text) => {
  expect(() => readCode(text)).toThrow(expect.objectContaining({ code: 'STATION_CODE_INVALID' }));
});

test('every character of a code can be drawn', () => {
  expect(new Set(codeOf(Uint8Array.from({ length: 16 }, (_, i) => i)) + codeOf(Uint8Array.from({ length: 16 }, (_, i) => i + 16))).size).toBe(32);
});

test('a code is good until its time is over, five tries were made, or it was closed', () => {
  const [now, open] = [new Date(1_000), { closedAs: null, expiresAt: new Date(1_001), tries: 4 }];
  expect(() => { requireOpen(open, now, 5); }).not.toThrow();
  for (const [state, refusal] of [[{ ...open, tries: 5 }, 'LOCKED'], [{ ...open, expiresAt: now }, 'EXPIRED'], [{ ...open, closedAs: 'USED' as const }, 'USED'], [{ ...open, closedAs: 'REPLACED' as const }, 'USED'], [{ ...open, closedAs: 'EXHAUSTED' as const }, 'LOCKED']] as const) {
    expect(() => { requireOpen(state, now, 5); }).toThrow(expect.objectContaining({ code: `STATION_CODE_${refusal}` }));
  }
});

test.each([['a whole point', `BA${'A'.repeat(42)}`], ['another first byte', `Af${'A'.repeat(42)}`], ['padding', `Ag${'A'.repeat(42)}=`], ['standard base64', `Ag${'+'.repeat(42)}`], ['a line break', `Ag${'A'.repeat(42)}\n`], ['too few bytes', `Ag${'A'.repeat(41)}`]])('%s is no compressed point', (_, text) => {
  expect(() => readStationKey(text)).toThrow(expect.objectContaining({ code: 'STATION_KEY_INVALID' }));
});

test('every compressed point of P-256 has the form of one', () => {
  for (const sign of [2, 3]) for (const second of [0, 15, 128, 255]) {
    const text = Buffer.from([sign, second, ...Array<number>(31).fill(7)]).toString('base64url');
    expect(readStationKey(text)).toBe(text);
  }
});
