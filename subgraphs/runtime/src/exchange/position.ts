import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import type { Reply } from './message.js';
import { readReceipt } from './receipt.js';
import { nextOf, type Next } from './rules.js';
import type { ExchangeServices } from './services.js';
import { beginning } from './signedEvent.js';
import { hashAt, oldestKept, type Stream } from './store.js';
import type { Position } from './types.js';

/** A peer's place in the stream to it, as it signed it, with that receipt. */
export interface Receipt { readonly position: Position; readonly receipt: string }

/** @throws PlatformError SIGNATURE_INVALID, EXCHANGE_MALFORMED, or the code by which the peer refused */
export async function receiptIn({ trust, signer }: Pick<ExchangeServices, 'trust' | 'signer'>, peer: string, reply: Reply): Promise<Receipt> {
  if (reply.kind === 'REFUSED' || reply.kind === 'EVENTS') throw new PlatformError(reply.kind === 'REFUSED' ? reply.code : 'EXCHANGE_MALFORMED');
  const { receipt } = reply;
  return { receipt, position: await readReceipt(trust, peer, signer.name, receipt).catch(() => { throw new PlatformError('SIGNATURE_INVALID'); }) };
}

/** What a sender does about its peer's place, by what it keeps; and the first place that it keeps. */
export async function nextAt(db: Pick<Queryable, 'query'>, peer: string, stream: Stream | undefined, position: Position): Promise<{ readonly next: Next; readonly oldest: number }> {
  const sent = stream?.seq ?? 0;
  const own = position.seq === 0 ? beginning : await hashAt(db, 'exchange_log', peer, position.seq);
  const oldest = await oldestKept(db, peer) ?? sent + 1;
  return { next: nextOf(position, own, { sent, oldest }), oldest };
}
