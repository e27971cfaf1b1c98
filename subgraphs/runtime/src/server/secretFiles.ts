import { readFile } from 'node:fs/promises';
import { readRoots, type Root } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { BlindIndexKeys } from '../crypto/blindIndex.js';

/** `{ "current": "v1", "keys": { "v1": "<base64>" } }`. @throws PlatformError CONFIGURATION_INVALID */
export async function readBlindIndexKeys(path: string): Promise<BlindIndexKeys> {
  const { current, keys } = JSON.parse(await readFile(path, 'utf8')) as BlindIndexKeys;
  if (typeof keys?.[current] !== 'string') throw new PlatformError('CONFIGURATION_INVALID', { message: 'DELTA_BLIND_INDEX_KEY_FILE must name a current key and hold it.' });
  return { current, keys };
}

/** The provinces' roots as this owner pins them; undefined where none are configured. @throws PlatformError CONFIGURATION_INVALID */
export async function readRootsFile(path: string | undefined): Promise<readonly Root[] | undefined> {
  if (path === undefined) return undefined;
  try {
    return readRoots(await readFile(path, 'utf8'));
  } catch (error) {
    throw new PlatformError('CONFIGURATION_INVALID', { message: `DELTA_PASS_ROOTS_FILE cannot be used: ${(error as Error).message}.` });
  }
}
