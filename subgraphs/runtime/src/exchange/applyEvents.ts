import { PlatformError } from '@delta/schema/errors';
import type { Transaction } from '../db/database.js';
import { isWorthRepeating } from '../db/failure.js';
import type { EventType, EventTypes, Tell } from './eventType.js';
import type { EventHead, ParkedReason, ReceivedEvent } from './types.js';

/** An event with its data as text; null where the person that it tells of was shredded. */
export interface ReadableEvent extends EventHead { readonly from: string; readonly text: string | null }

/** What events can do here, and how they tell others of it. */
export interface Effects { readonly types: EventTypes; readonly tell: Tell }

/** Why an event has no effect, by its place; those that have are absent. */
export type Parked = Map<number, ParkedReason>;

/**
 * Carries out events in their order, within the transaction that stores them. One that cannot be read, or whose effect fails, is
 * parked and with it all that follow about its subject; everybody else's go on. A run of one type is carried out at once, and one by
 * one only where that fails.
 *
 * @param blocked subjects for whom an event is parked already
 * @throws what means that the database is lost, or that others held the same rows: then nothing was carried out
 */
export async function applyEvents(within: Transaction, { types, tell }: Effects, events: readonly ReadableEvent[], blocked: ReadonlySet<string>): Promise<Parked> {
  const succeeds = (type: EventType, together: readonly ReceivedEvent[]): Promise<boolean> => tryEffects(within, () => type.apply(within, together, tell));
  const parked: Parked = new Map();
  const behind = new Set(blocked);
  const park = ({ seq, subject }: EventHead, reason: ParkedReason): void => { parked.set(seq, reason); behind.add(subject); };

  const run: { type: EventType; events: ReceivedEvent[] }[] = [];
  const flush = async (): Promise<void> => {
    for (const { type, events: together } of run.splice(0)) {
      const open = together.filter(({ subject }) => !behind.has(subject));
      for (const event of together) if (!open.includes(event)) parked.set(event.seq, 'BEHIND_PARKED');
      if (open.length === 0 || await succeeds(type, open)) continue;
      for (const event of open) {
        if (behind.has(event.subject)) parked.set(event.seq, 'BEHIND_PARKED');
        else if (open.length === 1 || !(await succeeds(type, [event]))) park(event, 'EFFECT_FAILED');
      }
    }
  };

  for (const readable of events) {
    const { id, type, version, subject, time, seq, epoch, previous, digest, from, text } = readable;
    if (behind.has(subject)) { parked.set(seq, 'BEHIND_PARKED'); continue; }
    const read = readData(types, readable, text);
    if ('reason' in read) {
      // What is shredded has no effect any more and holds up nobody.
      if (read.reason === 'SHREDDED') parked.set(seq, 'SHREDDED');
      else { await flush(); park(readable, read.reason); }
      continue;
    }
    const event = { id, type, version, subject, time, seq, epoch, previous, digest, from, data: read.data };
    const last = run.at(-1);
    if (last?.type === read.type) last.events.push(event);
    else run.push({ type: read.type, events: [event] });
  }
  await flush();
  return parked;
}

function readData(types: EventTypes, { type, version }: EventHead, text: string | null): { readonly type: EventType; readonly data: unknown } | { readonly reason: ParkedReason } {
  const known = types.get(type);
  if (!known) return { reason: 'UNKNOWN_TYPE' };
  if (version > known.version) return { reason: 'NEWER_VERSION' };
  if (text === null) return { reason: 'SHREDDED' };
  try {
    return { type: known, data: known.parse(JSON.parse(text), version) };
  } catch {
    return { reason: 'DATA_REFUSED' };
  }
}

/** Whether the effects are there; if not, none of them is. */
async function tryEffects(within: Transaction, effects: () => Promise<void>): Promise<boolean> {
  try {
    await within.attempt(effects);
    return true;
  } catch (error) {
    if (error instanceof PlatformError && (error.code === 'PROVINCE_UNAVAILABLE' || error.code === 'ZONE_UNAVAILABLE')) throw error;
    // Nothing is wrong with the event: two that touch the same rows waited for each other.
    if (isWorthRepeating(error)) throw error;
    return false;
  }
}
