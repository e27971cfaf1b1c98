import { PlatformError } from '@delta/schema/errors';
import type { Transaction } from '../db/database.js';
import { applyEvents, type ReadableEvent } from './applyEvents.js';
import { settlementOf } from './rules.js';
import { effectsOf } from './sendEvents.js';
import type { ExchangeServices } from './services.js';
import { findParked, lockStream, parkedAbout, settle, type ParkedEvent } from './store.js';
import { toWire } from './wire.js';

/** What became of the events about one subject that were parked. */
export interface Settled {
  /** How many have their effect now. */
  readonly applied: number;
  /** How many are parked still. */
  readonly parked: number;
}

/** What else is so then, in the same transaction. */
type Also = (within: Transaction, settled: Settled) => Promise<void>;

/**
 * Tries a parked event again, and then those behind it, in their order: after its cause was mended, or after this service learned
 * its type. The stream's row is locked, so nothing about the subject arrives in between.
 * @throws PlatformError NOT_FOUND when nothing is parked there
 */
export const replayParked = (services: ExchangeServices, peer: string, seq: number, also: Also = async () => undefined): Promise<Settled> =>
  services.db.transaction(async (within) => {
    const settled = await replay(services, within, peer, (await requireParked(within, peer, seq)).subject);
    await also(within, settled);
    return settled;
  });

/**
 * Gives a parked event up: it stays as evidence and never has an effect. Those behind it are tried then.
 * @param reason the operator's word for why, which is kept with the event
 * @throws PlatformError NOT_FOUND when nothing is parked there
 */
export const discardParked = (services: ExchangeServices, peer: string, seq: number, reason: string, also: Also = async () => undefined): Promise<Settled> =>
  services.db.transaction(async (within) => {
    const { subject } = await requireParked(within, peer, seq);
    await settle(within, peer, [{ seq, state: 'DISCARDED', reason }], services.now());
    const settled = await replay(services, within, peer, subject);
    await also(within, settled);
    return settled;
  });

async function requireParked(within: Transaction, peer: string, seq: number): Promise<ParkedEvent> {
  await lockStream(within, peer, 'IN');
  const found = await findParked(within, peer, seq);
  if (!found) throw new PlatformError('NOT_FOUND');
  return found;
}

async function replay(services: ExchangeServices, within: Transaction, peer: string, subject: string): Promise<Settled> {
  const { seals, now } = services;
  const rows = await parkedAbout(within, peer, subject);
  const data = await toWire(within, seals, rows);
  const events = rows.map(({ seq, id, type, version, at, digest }, i): ReadableEvent => (
    { seq, id, type, version, subject, digest, time: at.toISOString(), from: peer, text: data[i]!.data, epoch: 1, previous: '' }));
  const parked = await applyEvents(within, effectsOf(services, within), events, new Set());
  const settlements = rows.map(({ seq }) => ({ seq, ...settlementOf(parked.get(seq)) }));
  await settle(within, peer, settlements, now());
  const left = settlements.filter(({ state }) => state === 'PARKED').length;
  return { applied: rows.length - left, parked: left };
}
