import { randomBytes } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import type { Envelope } from '../crypto/envelope.js';
import { suites } from '../crypto/suites.js';
import type { SuiteName, WrappedKey } from '../crypto/types.js';
import type { Queryable } from '../db/database.js';
import { findKeys, findOrKeepKeys, type KeyRow } from './store.js';

/** How the data of events that tell of a person are stored: an event's subject and id, and its bytes. */
export interface Secret { readonly subject: string; readonly id: string; readonly data: Buffer }

export interface Seals {
  seal(within: Queryable, secrets: readonly Secret[]): Promise<Buffer[]>;
  /** In the same order; null for a subject whose key was destroyed, or for what an earlier key of the subject sealed. */
  open(db: Pick<Queryable, 'query'>, secrets: readonly Secret[]): Promise<(Buffer | null)[]>;
}

/** Makes and uses the data keys of subjects. */
type SubjectKeys = Pick<Envelope, 'sealNew' | 'seal' | 'openBytes'>;

const wrapped = ({ suite, version, bytes }: KeyRow): WrappedKey => ({ suite: suite as SuiteName, version, bytes });

/** Each subject has a data key of its own beside the exchange; a province's are wrapped by its master key. Deleting it (`forgetSubject`) shreds all that was ever exchanged of that person. */
export function subjectSeals(keys: SubjectKeys): Seals {
  const keysBy = (rows: readonly KeyRow[]): Map<string, WrappedKey> => new Map(rows.map((row) => [row.subject, wrapped(row)]));
  return {
    async seal(within, secrets) {
      if (secrets.length === 0) return [];
      const subjects = [...new Set(secrets.map(({ subject }) => subject))].sort();
      const known = keysBy(await findKeys(within, subjects));
      const missing = subjects.filter((subject) => !known.has(subject));
      if (missing.length > 0) {
        const fresh = missing.map((subject): KeyRow => {
          const { suite, version, bytes } = keys.sealNew(subject, {}).dataKey;
          return { subject, suite, version, bytes };
        });
        for (const [subject, key] of keysBy(await findOrKeepKeys(within, fresh))) known.set(subject, key);
      }
      return secrets.map(({ subject, id, data }) => keys.seal(subject, known.get(subject)!, `event:${id}`, data));
    },
    async open(db, secrets) {
      if (secrets.length === 0) return [];
      const known = keysBy(await findKeys(db, [...new Set(secrets.map(({ subject }) => subject))]));
      return secrets.map(({ subject, id, data }) => {
        const key = known.get(subject);
        return key ? readable(() => keys.openBytes(subject, key, `event:${id}`, data)) : null;
      });
    },
  };
}

/** What a key that was made after a shredding does not open is as gone as that which has no key. A master key that is missing is another thing. */
function readable(open: () => Buffer): Buffer | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    return null;
  }
}

/** The zone's: it has no master key, and what it is told are pseudonyms that its directory holds in clear. Its keys are there to be destroyed. */
export const bareKeys: SubjectKeys = {
  sealNew: () => ({ dataKey: { suite: 'aes', version: 'bare', bytes: randomBytes(32) }, sealed: {} }),
  seal: (subject, { suite, bytes }, name, secret) => suites[suite].seal(bytes, secret, `${subject}:${name}`),
  openBytes: (subject, { suite, bytes }, name, sealed) => suites[suite].open(bytes, sealed, `${subject}:${name}`),
};

/** Seals what of several events is to be sealed; by the event's id. */
export async function sealedById(seals: Seals, within: Queryable, secrets: readonly Secret[]): Promise<ReadonlyMap<string, Buffer>> {
  const sealed = await seals.seal(within, secrets);
  return new Map(secrets.map(({ id }, i) => [id, sealed[i]!]));
}
