import { createCipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';

/**
 * Keyset cursors: `<province>.<position>.<mac>`. The MAC binds province, list and filter, so a cursor fits its own list alone.
 * The position is encrypted, with the MAC as counter block: a position is an id, and an id is a field that the policy decides
 * and the audit records. The same row of the same list has the same cursor.
 */
export interface Cursors {
  encode(list: string, position: string): string;
  /** @throws PlatformError CURSOR_MALFORMED, CURSOR_FOREIGN (of another province), CURSOR_TAMPERED (altered, or of another list) */
  decode(list: string, cursor: string): string;
}

/** Names a list by what it holds and how it is filtered; equal filters name equal lists. */
export const listName = (kind: string, filter: object | null | undefined): string =>
  `${kind}:${createHash('sha256').update(JSON.stringify(Object.entries(filter ?? {}).sort())).digest('base64url').slice(0, 22)}`;

interface CursorKeys { readonly mac: Buffer; readonly position: Buffer }

const cursorKeys = (key: Buffer): CursorKeys => {
  const derived = (use: string): Buffer => createHmac('sha256', key).update(use).digest();
  return { mac: derived('cursor mac'), position: derived('cursor position') };
};

/** Its own inverse. */
const cipher = (key: Buffer, counter: Buffer, bytes: Buffer): Buffer => createCipheriv('aes-256-ctr', key, counter).update(bytes);

/** @param keys the first signs, all are believed: a cursor outlives the change of the key */
export function createCursors(province: string, keys: () => readonly Buffer[]): Cursors {
  const derived = new WeakMap<Buffer, CursorKeys>();
  const keysOf = (key: Buffer): CursorKeys => {
    const known = derived.get(key) ?? cursorKeys(key);
    derived.set(key, known);
    return known;
  };
  const mac = (key: CursorKeys, list: string, position: Buffer): Buffer =>
    createHmac('sha256', key.mac).update(`${province}\n${list}\n`).update(position).digest().subarray(0, 16);
  return {
    encode(list, text) {
      const key = keysOf(keys()[0]!);
      const position = Buffer.from(text);
      const tag = mac(key, list, position);
      return `${province}.${cipher(key.position, tag, position).toString('base64url')}.${tag.toString('base64url')}`;
    },
    decode(list, cursor) {
      const match = /^([0-9]{2})\.([A-Za-z0-9_-]{1,200})\.([A-Za-z0-9_-]{22})$/.exec(cursor);
      if (!match) throw new PlatformError('CURSOR_MALFORMED');
      if (match[1] !== province) throw new PlatformError('CURSOR_FOREIGN');
      const hidden = Buffer.from(match[2]!, 'base64url');
      const tag = Buffer.from(match[3]!, 'base64url');
      for (const key of keys().map(keysOf)) {
        const position = cipher(key.position, tag, hidden);
        if (timingSafeEqual(mac(key, list, position), tag)) return position.toString();
      }
      throw new PlatformError('CURSOR_TAMPERED');
    },
  };
}
