import { readFile } from 'node:fs/promises';
import { PlatformError } from '@delta/schema/errors';
import type { BlindIndexKeys } from '../crypto/blindIndex.js';

/** 32 random bytes as base64. @throws PlatformError CONFIGURATION_INVALID */
export async function readMasterKey(path: string): Promise<Buffer> {
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== 32) throw new PlatformError('CONFIGURATION_INVALID', { message: 'DELTA_MASTER_KEY_FILE must hold 32 bytes of base64.' });
  return key;
}

/** `{ "current": "v1", "keys": { "v1": "<base64>" } }`. @throws PlatformError CONFIGURATION_INVALID */
export async function readBlindIndexKeys(path: string): Promise<BlindIndexKeys> {
  const { current, keys } = JSON.parse(await readFile(path, 'utf8')) as BlindIndexKeys;
  if (typeof keys?.[current] !== 'string') throw new PlatformError('CONFIGURATION_INVALID', { message: 'DELTA_BLIND_INDEX_KEY_FILE must name a current key and hold it.' });
  return { current, keys };
}
