import { expect, test } from '@jest/globals';
import { isMemberId, provinceOfId, requireClientKey, requireIdOf, requireMemberId } from './ids.js';

const uuid = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071';
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

test('a member\'s id is a bare UUIDv7 in lower case', () => {
  expect(requireMemberId(uuid)).toBe(uuid);
  const others = [uuid.toUpperCase(), `31-${uuid}`, uuid.replace('-7f60', '-4f60'), uuid.replace('-8a1b', '-ca1b'), `${uuid}\n`, ` ${uuid}`, ''];
  for (const other of others) {
    expect(isMemberId(other)).toBe(false);
    expect(code(() => requireMemberId(other))).toBe('MALFORMED_ID');
  }
});

test('an id that never leaves its province names the province', () => {
  expect(provinceOfId(`33-${uuid}`).slug).toBe('zhejiang');
  expect(requireIdOf('33', `33-${uuid}`)).toBe(`33-${uuid}`);
});

test('another province\'s id, an unknown code and a wrong form are told apart', () => {
  expect(code(() => requireIdOf('31', `33-${uuid}`))).toBe('FOREIGN_ID');
  expect(code(() => requireIdOf('31', `11-${uuid}`))).toBe('UNKNOWN_PROVINCE');
  for (const id of [uuid, '31-', `31${uuid}`, `31-${uuid}x`, `311-${uuid}`, '31-1']) expect(code(() => requireIdOf('31', id))).toBe('MALFORMED_ID');
});

test('a client key is 8 to 64 letters, digits, hyphens and underscores', () => {
  for (const key of [uuid, 'aB_-0123', 'k'.repeat(64)]) expect(requireClientKey(key)).toBe(key);
  for (const key of ['', 'k'.repeat(7), 'k'.repeat(65), `${uuid}\n`, 'key with spaces', '钥匙钥匙钥匙钥匙']) expect(code(() => requireClientKey(key))).toBe('CLIENT_KEY_INVALID');
});
