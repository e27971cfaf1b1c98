import { randomBytes } from 'node:crypto';
import { derivedKeys, type MasterKeys } from './masterKeys.js';
import { suites } from './suites.js';
import type { Sealed, SuiteName, WrappedKey } from './types.js';

/** Envelope encryption of a person's secrets: each member has a data key, wrapped by the province's. Deleting it shreds them. */
export interface Envelope {
  /** What new members are sealed by, at this moment. */
  readonly current: Omit<WrappedKey, 'bytes'>;
  /** A new member's wrapped data key and the secrets sealed under it. */
  sealNew(memberId: string, secrets: Readonly<Record<string, string>>): { dataKey: WrappedKey; sealed: Record<string, Buffer> };
  /** One more secret under a data key that there is. */
  seal(memberId: string, dataKey: WrappedKey, name: string, secret: Buffer): Buffer;
  /** One secret's bytes. Throws KEY_UNKNOWN, or when key, member and bytes do not fit together. */
  openBytes(memberId: string, dataKey: WrappedKey, name: string, sealed: Buffer): Buffer;
  /** One secret in clear. Throws KEY_UNKNOWN, or when key, member or bytes do not fit together. */
  open(memberId: string, dataKey: WrappedKey, name: string, sealed: Buffer): string;
  /**
   * The same secrets under what is current. Another version only wraps the data key anew and leaves the secrets as they are;
   * another suite takes a new data key and seals all of them again.
   */
  renew(memberId: string, dataKey: WrappedKey, sealed: Sealed): { dataKey: WrappedKey; sealed: Sealed };
  /** The same data key under the current version, of the suite that it has: what lies under it stays as it is. */
  rewrap(memberId: string, dataKey: WrappedKey): WrappedKey;
}

export function createEnvelope(masterKeys: MasterKeys, suite: SuiteName = 'aes'): Envelope {
  const ofVersion = derivedKeys(masterKeys, 'data-keys');
  const wrappingKey = (by: SuiteName, version: string): Buffer => ofVersion(version, suites[by].digest);
  const unwrap = (memberId: string, { suite: by, version, bytes }: WrappedKey): Buffer => suites[by].open(wrappingKey(by, version), bytes, memberId);
  const wrap = (memberId: string, key: Buffer, by = suite): WrappedKey => {
    const version = masterKeys.current;
    return { suite: by, version, bytes: suites[by].seal(wrappingKey(by, version), key, memberId) };
  };
  const sealUnder = (memberId: string, key: Buffer, secrets: Readonly<Record<string, string>>): Record<string, Buffer> =>
    Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, suites[suite].seal(key, Buffer.from(text), `${memberId}:${name}`)]));
  const openUnder = (memberId: string, key: Buffer, by: SuiteName, name: string, sealed: Buffer): Buffer => suites[by].open(key, sealed, `${memberId}:${name}`);

  return {
    get current() { return { suite, version: masterKeys.current }; },
    sealNew(memberId, secrets) {
      const key = randomBytes(32);
      return { dataKey: wrap(memberId, key), sealed: sealUnder(memberId, key, secrets) };
    },
    seal: (memberId, dataKey, name, secret) => suites[dataKey.suite].seal(unwrap(memberId, dataKey), secret, `${memberId}:${name}`),
    openBytes: (memberId, dataKey, name, sealed) => openUnder(memberId, unwrap(memberId, dataKey), dataKey.suite, name, sealed),
    open: (memberId, dataKey, name, sealed) => openUnder(memberId, unwrap(memberId, dataKey), dataKey.suite, name, sealed).toString(),
    rewrap: (memberId, dataKey) => wrap(memberId, unwrap(memberId, dataKey), dataKey.suite),
    renew(memberId, dataKey, sealed) {
      const key = unwrap(memberId, dataKey);
      if (dataKey.suite === suite) return { dataKey: wrap(memberId, key), sealed };
      const fresh = randomBytes(32);
      const present = Object.entries(sealed).filter((entry): entry is [string, Buffer] => entry[1] !== null);
      const secrets = Object.fromEntries(present.map(([name, bytes]) => [name, openUnder(memberId, key, dataKey.suite, name, bytes).toString()]));
      return { dataKey: wrap(memberId, fresh), sealed: { ...sealed, ...sealUnder(memberId, fresh, secrets) } };
    },
  };
}
