import { createPrivateKey } from 'node:crypto';
import { createNodeSigner, type PassSigner } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { followFile } from '@delta/service/followFile';
import type { Logger } from '@delta/service/log';
import { keyInUse } from './rules.js';
import type { KeysTaken, PassKey } from './types.js';

/**
 * The province's keys for passes, wherever they are. Shaped as PKCS#11 is: keys are named, and asked to sign (CKM_ECDSA_SHA256 gives r and s);
 * none is ever given out. A file holds them today; a device takes the place of `loadPassKeys` alone.
 */
export interface PassKeys {
  /** All that the province has, the next ones among them: what it wants on the trust list. */
  list(): Promise<readonly PassKey[]>;
  /** ES256 over the bytes: r and s of 32 bytes each. @throws PlatformError PASS_KEYS_MISSING when there is no such key */
  sign(kid: string, bytes: Uint8Array): Promise<Uint8Array>;
  /** The trust list in force, by which others judge what these sign; undefined before the first. */
  trust?(): KeysTaken | undefined;
}

/** The same keys, of which only those sign that the trust list in force takes. */
export const keysUnder = (keys: PassKeys, trust: () => KeysTaken | undefined): PassKeys => ({ list: () => keys.list(), sign: (kid, bytes) => keys.sign(kid, bytes), trust });

/** The key to sign with now, if there is one. */
export const currentKey = async (keys: PassKeys, use: PassKey['use'], now: number): Promise<PassKey | undefined> => keyInUse(await keys.list(), use, now, keys.trust?.());

/** The key to sign with now. @throws PlatformError PASS_KEYS_MISSING */
export async function requireKey(keys: PassKeys | undefined, use: PassKey['use'], now: number): Promise<{ readonly key: PassKey; readonly signer: PassSigner }> {
  const key = keys && await currentKey(keys, use, now);
  if (!key) throw new PlatformError('PASS_KEYS_MISSING');
  return { key, signer: { kid: Buffer.from(key.kid, 'hex'), sign: (bytes) => keys.sign(key.kid, bytes) } };
}

interface FileKey extends PassKey { sign(bytes: Uint8Array): Promise<Uint8Array> }

/**
 * Keys in a file, `{ "keys": [{ "use": "pass" | "status", "from": 0, "until": 0, "key": "<PKCS #8, PEM>" }] }`, times in seconds. A key
 * that is added or taken out counts from the next second on.
 * @throws PlatformError CONFIGURATION_INVALID, which repeats nothing of the file
 */
export async function loadPassKeys(path: string, log?: Logger): Promise<PassKeys> {
  const current = await followFile<ReadonlyMap<string, FileKey>>(path, { log, read: (text) => readKeys(text) });
  return {
    list: async () => [...(await current()).values()].map(({ sign: _, ...key }) => key),
    async sign(kid, bytes) {
      const key = (await current()).get(kid);
      if (!key) throw new PlatformError('PASS_KEYS_MISSING');
      return key.sign(bytes);
    },
  };
}

const unusable = (what: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message: `DELTA_PASS_KEYS_FILE ${what}.` });
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 100_000_000_000;

function readKeys(text: string): ReadonlyMap<string, FileKey> {
  let entries: unknown;
  try {
    entries = (JSON.parse(text) as { keys?: unknown }).keys;
  } catch {
    throw unusable('holds no JSON');
  }
  if (!Array.isArray(entries) || entries.length > 64) throw unusable('must hold a list of at most 64 keys');
  const keys = entries.map((entry: Record<string, unknown>): FileKey => {
    const { use, from, until, key } = entry ?? {};
    if ((use !== 'pass' && use !== 'status') || !isTime(from) || !isTime(until) || from >= until || typeof key !== 'string') throw unusable('must say `use`, `from`, `until` and `key` of each key');
    const { kid, publicKey, sign } = signerOf(key);
    return { kid: Buffer.from(kid).toString('hex'), use, from, until, publicKey, sign };
  });
  const byKid = new Map(keys.map((key) => [key.kid, key]));
  // A status key that could sign passes, or the reverse, would be one key for two uses.
  if (byKid.size !== keys.length) throw unusable('holds the same key twice');
  return byKid;
}

function signerOf(pem: string): ReturnType<typeof createNodeSigner> {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw unusable('holds a key that is not of P-256');
    return createNodeSigner(key);
  } catch (error) {
    throw error instanceof PlatformError ? error : unusable('holds a key that cannot be read');
  }
}
