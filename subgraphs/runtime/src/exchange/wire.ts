import type { Queryable } from '../db/database.js';
import type { ReadableEvent } from './applyEvents.js';
import { sealedById, type Seals } from './seals.js';
import type { ExchangeServices } from './services.js';
import type { SendableEvent, StoredEvent } from './store.js';
import type { WireEvent } from './types.js';

/** An event whose envelope was proven, with that envelope and its hash. */
export interface ProvenEvent extends ReadableEvent { readonly jws: string; readonly hash: string }

/** Stored events as they travel: their data in clear, or null where the subject's key was destroyed. */
export async function toWire(db: Pick<Queryable, 'query'>, seals: Seals, events: readonly SendableEvent[]): Promise<WireEvent[]> {
  const secret = events.filter((event): event is SendableEvent & { data: Buffer } => event.sealed && event.data !== null);
  const opened = new Map((await seals.open(db, secret.map(({ subject, id, data }) => ({ subject, id, data })))).map((data, i) => [secret[i]!.seq, data]));
  return events.map(({ seq, jws, sealed, data }) => ({ jws, data: (sealed ? opened.get(seq) ?? null : data)?.toString() ?? null }));
}

/** Proven events as they are stored: what tells of a person, or may, under the subject's key. */
export async function toStored({ types, seals }: Pick<ExchangeServices, 'types' | 'seals'>, within: Queryable, events: readonly ProvenEvent[]): Promise<StoredEvent[]> {
  const sealed = await sealedById(seals, within, events.flatMap(({ type, subject, id, text }) => (
    text !== null && (types.get(type)?.personal ?? true) ? [{ subject, id, data: Buffer.from(text) }] : [])));
  return events.map(({ seq, id, type, version, subject, time, digest, jws, hash, text }) => (
    { seq, id, type, version, subject, at: new Date(time), digest, jws, hash, sealed: sealed.has(id), data: sealed.get(id) ?? (text === null ? null : Buffer.from(text)) }));
}

/** The longest beginning of `events` that fits into one message; at least one. */
export function fitting(events: readonly WireEvent[], bytes: number): readonly WireEvent[] {
  let left = bytes;
  const end = events.findIndex(({ jws, data }, i) => {
    // Quotes and backslashes of the data are doubled by JSON.
    left -= jws.length + 2 * Buffer.byteLength(data ?? '') + 32;
    return left < 0 && i > 0;
  });
  return end === -1 ? events : events.slice(0, end);
}
