import type { Envelope } from '../crypto/envelope.js';
import type { SuiteName, WrappedKey } from '../crypto/types.js';
import type { Queryable } from '../db/database.js';
import { findKeys, findOrKeepKeys, type KeyRow } from './store.js';

/** How the data of events that tell of a person are stored: an event's subject and id, and its bytes. */
export interface Secret { readonly subject: string; readonly id: string; readonly data: Buffer }

export interface Seals {
  /** Whether data of a kind that nobody knows here is sealed as well: it may tell of a person. */
  readonly unknown: boolean;
  seal(within: Queryable, secrets: readonly Secret[]): Promise<Buffer[]>;
  /** In the same order; null for a subject whose key was destroyed. */
  open(db: Pick<Queryable, 'query'>, secrets: readonly Secret[]): Promise<(Buffer | null)[]>;
}

const wrapped = ({ suite, version, bytes }: KeyRow): WrappedKey => ({ suite: suite as SuiteName, version, bytes });

/** A province's: each subject has a data key of its own beside the exchange, wrapped by the province's master key. Deleting it shreds all that was ever exchanged of that person. */
export function subjectSeals(envelope: Envelope): Seals {
  const keysBy = (rows: readonly KeyRow[]): Map<string, WrappedKey> => new Map(rows.map((row) => [row.subject, wrapped(row)]));
  return {
    unknown: true,
    async seal(within, secrets) {
      if (secrets.length === 0) return [];
      const subjects = [...new Set(secrets.map(({ subject }) => subject))].sort();
      const known = keysBy(await findKeys(within, subjects));
      const missing = subjects.filter((subject) => !known.has(subject));
      if (missing.length > 0) {
        const fresh = missing.map((subject): KeyRow => {
          const { suite, version, bytes } = envelope.sealNew(subject, {}).dataKey;
          return { subject, suite, version, bytes };
        });
        for (const [subject, key] of keysBy(await findOrKeepKeys(within, fresh))) known.set(subject, key);
      }
      return secrets.map(({ subject, id, data }) => envelope.seal(subject, known.get(subject)!, `event:${id}`, data));
    },
    async open(db, secrets) {
      if (secrets.length === 0) return [];
      const known = keysBy(await findKeys(db, [...new Set(secrets.map(({ subject }) => subject))]));
      return secrets.map(({ subject, id, data }) => {
        const key = known.get(subject);
        return key ? envelope.openBytes(subject, key, `event:${id}`, data) : null;
      });
    },
  };
}

/** The zone's: it is told of no person, and refuses to store what tells of one. */
export const noSeals: Seals = {
  unknown: false,
  seal: async (_within, secrets) => { if (secrets.length > 0) throw new Error('the zone stores nothing that tells of a person'); return []; },
  open: async (_db, secrets) => secrets.map(() => null),
};

/** Seals what of several events is to be sealed; by the event's id. */
export async function sealedById(seals: Seals, within: Queryable, secrets: readonly Secret[]): Promise<ReadonlyMap<string, Buffer>> {
  const sealed = await seals.seal(within, secrets);
  return new Map(secrets.map(({ id }, i) => [id, sealed[i]!]));
}
