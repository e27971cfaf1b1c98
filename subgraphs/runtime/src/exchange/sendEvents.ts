import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../db/database.js';
import type { Effects } from './applyEvents.js';
import { sealedById } from './seals.js';
import type { ExchangeServices } from './services.js';
import { digestOf } from './signedEvent.js';
import { insertOutbox } from './store.js';
import type { OutgoingEvent } from './types.js';

/**
 * Writes events into the outbox, within the business transaction that they tell of: both are committed, or neither. They have no
 * place in their streams yet (sequence.ts), so writing them waits for nobody; their rows go with the transaction's next statement,
 * or with its commit. Seals are needed where one tells of a person.
 * @returns their ids, in their order
 */
export async function sendEvents(within: Transaction, { types, seals }: Pick<ExchangeServices, 'types'> & Partial<Pick<ExchangeServices, 'seals'>>, events: readonly OutgoingEvent[], at: Date): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const time = at.toISOString();
  const rows = events.map(({ to, type, version, subject, data }) => {
    const known = types.get(type);
    if (!known) throw new Error(`no concept registers events of type ${type}`);
    if (known.personal && known.pseudonymous !== true && to === 'zone') throw new Error(`${type} tells of a person, and the zone is told of none`);
    const bytes = Buffer.from(JSON.stringify(data));
    return { peer: to, head: { id: uuidv7(), type, version, subject, time, digest: digestOf(bytes), sealed: known.personal }, data: bytes };
  });
  const secret = rows.filter(({ head }) => head.sealed).map(({ head, data }) => ({ id: head.id, subject: head.subject, data }));
  if (secret.length > 0 && !seals) throw new Error('who has no keys cannot tell of a person');
  const sealed = seals && secret.length > 0 ? await sealedById(seals, within, secret) : undefined;
  insertOutbox(within, sealed ? rows.map((row) => ({ ...row, data: sealed.get(row.head.id) ?? row.data })) : rows);
  return rows.map(({ head }) => head.id);
}

/** What events can do within a transaction: what they tell is sent with their effects, or not at all. */
export const effectsOf = (services: Pick<ExchangeServices, 'types' | 'seals' | 'now'>, within: Transaction): Effects =>
  ({ types: services.types, tell: async (event) => { await sendEvents(within, services, [event], services.now()); } });
