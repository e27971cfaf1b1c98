import { PlatformError } from './errors.js';
import { provinceByCode, type ProvinceEntry } from './provinces.js';

/**
 * Ids are permanent. What never leaves its province carries the province code (`31-<uuidv7>`); a member can move, so its
 * id is a bare UUIDv7 and only the directory says where it is now.
 */
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a lower-case UUIDv7. */
export const isMemberId = (id: string): boolean => uuidV7.test(id);

/** Returns the id when it is a member's. @throws PlatformError MALFORMED_ID */
export function requireMemberId(id: string): string {
  if (!isMemberId(id)) throw new PlatformError('MALFORMED_ID');
  return id;
}

/** The province that an organisation, station or lookup id belongs to. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE */
export function provinceOfId(id: string): ProvinceEntry {
  const match = /^([0-9]{2})-(.+)$/.exec(id);
  if (!match || !uuidV7.test(match[2]!)) throw new PlatformError('MALFORMED_ID');
  const province = provinceByCode(match[1]!);
  if (!province) throw new PlatformError('UNKNOWN_PROVINCE');
  return province;
}

/** Returns the id when it belongs to the province of `code`. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID */
export function requireIdOf(code: string, id: string): string {
  if (provinceOfId(id).code !== code) throw new PlatformError('FOREIGN_ID');
  return id;
}

/** Returns the key by which a client names an act of its own, so that repeating it makes no second. @throws PlatformError CLIENT_KEY_INVALID */
export function requireClientKey(key: string): string {
  if (!/^[A-Za-z0-9_-]{8,64}$/.test(key)) throw new PlatformError('CLIENT_KEY_INVALID');
  return key;
}
