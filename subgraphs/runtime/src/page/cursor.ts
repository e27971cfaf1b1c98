import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';

/** Keyset cursors: `<province>.<position>.<mac>`. The MAC binds province, list and filter, so a cursor fits its own list alone. */
export interface Cursors {
  encode(list: string, position: string): string;
  /** @throws PlatformError CURSOR_MALFORMED, CURSOR_FOREIGN (of another province), CURSOR_TAMPERED (altered, or of another list) */
  decode(list: string, cursor: string): string;
}

/** Names a list by what it holds and how it is filtered; equal filters name equal lists. */
export const listName = (kind: string, filter: object | null | undefined): string =>
  `${kind}:${createHash('sha256').update(JSON.stringify(Object.entries(filter ?? {}).sort())).digest('base64url').slice(0, 22)}`;

/** @param keys the first signs, all are believed: a cursor outlives the change of the key */
export function createCursors(province: string, keys: () => readonly Buffer[]): Cursors {
  const mac = (key: Buffer, list: string, position: string): Buffer => createHmac('sha256', key).update(`${province}\n${list}\n${position}`).digest().subarray(0, 16);
  return {
    encode: (list, position) => `${province}.${Buffer.from(position).toString('base64url')}.${mac(keys()[0]!, list, position).toString('base64url')}`,
    decode(list, cursor) {
      const match = /^([0-9]{2})\.([A-Za-z0-9_-]{1,200})\.([A-Za-z0-9_-]{22})$/.exec(cursor);
      if (!match) throw new PlatformError('CURSOR_MALFORMED');
      if (match[1] !== province) throw new PlatformError('CURSOR_FOREIGN');
      const position = Buffer.from(match[2]!, 'base64url').toString();
      const given = Buffer.from(match[3]!, 'base64url');
      if (!keys().some((key) => timingSafeEqual(mac(key, list, position), given))) throw new PlatformError('CURSOR_TAMPERED');
      return position;
    },
  };
}
