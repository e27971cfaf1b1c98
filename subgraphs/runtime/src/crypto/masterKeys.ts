import { hkdfSync } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { PlatformError } from '@delta/schema/errors';
import type { Suite } from './suites.js';

/** A province's master keys by version: one wraps what is new, the others still open what they wrapped. */
export interface MasterKeys {
  /** Version under which new data keys are wrapped. */
  readonly current: string;
  /** All versions, the current one first. */
  readonly versions: readonly string[];
  /** @throws PlatformError KEY_UNKNOWN */
  key(version: string): Buffer;
}

/** What the key file holds. */
export interface KeyRing { readonly current: string; readonly keys: Readonly<Record<string, string>> }

/** The version that a file of one bare key, and every row of before there were versions, goes by. */
export const firstVersion = 'v1';

/** A key of its own for each use, derived from a master key (HKDF under the suite's digest), so that none serves two purposes. */
export const deriveKey = (master: Buffer, use: 'data-keys' | 'cursors' | 'one-time-codes' | 'pass-challenges', digest: Suite['digest'] = 'sha256'): Buffer =>
  Buffer.from(hkdfSync(digest, master, '', `delta:${use}`, 32));

/** The keys of one use by version, each derived once; a master key that was replaced under its own version is derived from anew. */
export function derivedKeys(masterKeys: MasterKeys, use: Parameters<typeof deriveKey>[1]): (version: string, digest?: Suite['digest']) => Buffer {
  const derived = new Map<string, { readonly master: Buffer; readonly key: Buffer }>();
  return (version, digest = 'sha256') => {
    const master = masterKeys.key(version);
    const known = derived.get(`${digest}:${version}`);
    if (known?.master === master) return known.key;
    const key = deriveKey(master, use, digest);
    derived.set(`${digest}:${version}`, { master, key });
    return key;
  };
}

/**
 * Reads `{ "current": "v2", "keys": { "v1": "<32 bytes, base64>", "v2": … } }`, or one bare key, which is v1.
 * @throws PlatformError CONFIGURATION_INVALID, which repeats nothing of the text
 */
export function parseKeyRing(text: string): KeyRing {
  const ring = text.trimStart().startsWith('{') ? parseRing(text) : { current: firstVersion, keys: { [firstVersion]: text.trim() } };
  const { current, keys } = ring as { current?: unknown; keys?: unknown };
  if (typeof current !== 'string' || typeof keys !== 'object' || keys === null || !Object.hasOwn(keys, current)) {
    throw unusable('must hold 32 bytes of base64, or `current` and `keys` with a key of that version');
  }
  for (const [version, key] of Object.entries(keys)) {
    if (!/^[a-z0-9]{1,16}$/.test(version)) throw unusable('must name its versions by 1 to 16 small letters and digits');
    if (typeof key !== 'string' || Buffer.from(key, 'base64').length !== 32) throw unusable(`must hold 32 bytes of base64 for ${version}`);
  }
  return ring as KeyRing;
}

export const formatKeyRing = (ring: KeyRing): string => `${JSON.stringify(ring, null, 2)}\n`;

function parseRing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('cannot be read as JSON');
  }
}

const unusable = (what: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message: `DELTA_MASTER_KEY_FILE ${what}.` });

/** How long a read of the file is relied on before it is looked at again. */
const trustMs = 1_000;

/**
 * Opens a key file that may be replaced while the service runs: it is looked at again at most once a second, and at once for a
 * version that is not known yet, so no replica fails on what another has just wrapped. A file that has become unusable changes
 * nothing but the log.
 *
 * @param onTrouble told once of each change that cannot be used
 * @throws PlatformError CONFIGURATION_INVALID when the file is unusable at the start
 */
export function openMasterKeys(path: string, onTrouble: (error: Error) => void = () => undefined): MasterKeys {
  const read = (): { current: string; versions: string[]; keys: Map<string, Buffer> } => {
    const { current, keys } = parseKeyRing(readFileSync(path, 'utf8'));
    const versions = [current, ...Object.keys(keys).filter((version) => version !== current)];
    return { current, versions, keys: new Map(versions.map((version) => [version, Buffer.from(keys[version]!, 'base64')])) };
  };
  const stamp = (): string => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? `${found.ino}:${found.size}:${found.mtimeMs}` : 'gone';
  };

  // The stamp first: a file that is replaced between the two is then read once more, not once too few.
  let seen = stamp();
  let ring = read();
  let lookAgainAt = Date.now() + trustMs;
  const look = (): void => {
    lookAgainAt = Date.now() + trustMs;
    try {
      const now = stamp();
      if (now === seen) return;
      seen = now;
      ring = read();
    } catch (error) {
      onTrouble(error as Error);
    }
  };
  const fresh = (): typeof ring => {
    if (Date.now() >= lookAgainAt) look();
    return ring;
  };
  return {
    get current() { return fresh().current; },
    get versions() { return fresh().versions; },
    key(version) {
      if (!fresh().keys.has(version)) look();
      const key = ring.keys.get(version);
      if (!key) throw new PlatformError('KEY_UNKNOWN', { message: `A record is sealed under master key ${version}, which is not in the key file.` });
      return key;
    },
  };
}
