import { expect, test } from '@jest/globals';
import { createCursors, listName } from './cursor.js';

const key = Buffer.alloc(32, 7);
const cursors = createCursors('31', () => [key]);
const list = listName('stations', { text: '青浦' });
const position = '31-019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071';
const cursor = cursors.encode(list, position);
const code = (given: string, of = list, by = cursors): unknown => {
  try {
    return by.decode(of, given);
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

test('a cursor gives its position back to the list it came from', () => {
  expect(cursors.decode(list, cursor)).toBe(position);
});

test('a cursor says nothing of the row that it stands for, and is the same each time', () => {
  const texts = [cursor, ...cursor.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
  for (const text of texts) for (const part of [position, position.slice(3), position.slice(0, 11), '019a']) expect(text).not.toContain(part);
  expect(cursors.encode(list, position)).toBe(cursor);
});

test.each(['', 'abc', '31', `${position}`, `${cursor}=`, `${cursor} `, `${cursor}\n`, cursor.replace('.', ''), cursor.slice(0, -1), `1${cursor}`, '31..aaaaaaaaaaaaaaaaaaaaaa'])(
  'the cursor %j is malformed', (given) => { expect(code(given)).toBe('CURSOR_MALFORMED'); });

test('a cursor of another province is foreign', () => {
  expect(code(createCursors('32', () => [key]).encode(list, position))).toBe('CURSOR_FOREIGN');
});

test('a cursor that calls itself this province\'s does not become so', () => {
  expect(code(createCursors('32', () => [key]).encode(list, position).replace('32.', '31.'))).toBe('CURSOR_TAMPERED');
});

test('a cursor of another list, filter or key does not fit', () => {
  expect(code(cursor, listName('stations', { text: '吴江' }))).toBe('CURSOR_TAMPERED');
  expect(code(cursor, listName('organizations', { text: '青浦' }))).toBe('CURSOR_TAMPERED');
  expect(code(cursor, list, createCursors('31', () => [Buffer.alloc(32, 8)]))).toBe('CURSOR_TAMPERED');
});

test('a cursor of before the key was changed is believed for as long as the old key is held', () => {
  const fresh = Buffer.alloc(32, 8);
  expect(code(cursor, list, createCursors('31', () => [fresh, key]))).toBe(position);
  expect(createCursors('31', () => [fresh, key]).encode(list, position)).toBe(createCursors('31', () => [fresh]).encode(list, position));
});

test('an altered position or signature is noticed', () => {
  const [province, at, mac] = cursor.split('.') as [string, string, string];
  const bytes = Buffer.from(at, 'base64url');
  bytes[bytes.length - 1]! ^= 3;
  const next = bytes.toString('base64url');
  expect(code(`${province}.${next}.${mac}`)).toBe('CURSOR_TAMPERED');
  expect(code(`${province}.${at}.${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}`)).toBe('CURSOR_TAMPERED');
});

test('equal filters name equal lists, in whatever order they are written', () => {
  expect(listName('stations', { tier: 'WINDOW', text: 'a' })).toBe(listName('stations', { text: 'a', tier: 'WINDOW' }));
  expect(listName('stations', null)).toBe(listName('stations', {}));
  expect(listName('stations', { text: 'a' })).not.toBe(listName('stations', { text: 'b' }));
});
