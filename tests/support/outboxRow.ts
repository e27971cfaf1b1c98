import { randomUUID } from 'node:crypto';
import { digestOf } from '@delta/runtime/exchange/signedEvent';

/** A statement and its parameters that put an event in the clear into an owner's outbox, as its exchange would: whatever it tells. */
export function outboxRow(peer: string, type: string, subject: string, data: object): [string, unknown[]] {
  const text = JSON.stringify(data);
  const head = { id: randomUUID(), type, version: 1, subject, time: new Date().toISOString(), digest: digestOf(text), sealed: false };
  return ['insert into exchange_outbox (peer, head, data) values ($1, $2, $3)', [peer, JSON.stringify(head), Buffer.from(text)]];
}
