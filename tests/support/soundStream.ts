import { expect } from '@jest/globals';
import { beginning, digestOf, readEvent } from '@delta/runtime/exchange/signedEvent';
import { until, type Owner } from './exchangeOwners.js';

/** What must hold of a stream whatever happened: places 1 to N at both ends, the same bytes, the chain, and the cursor at its end. */
export async function soundStream(sender: Owner, receiver: Owner, count: number): Promise<void> {
  const sent = await sender.rows<{ seq: number; jws: string; hash: string }>('select seq::integer, jws, hash from exchange_log where peer = $1 order by seq', [receiver.name]);
  const received = await receiver.rows<{ seq: number; jws: string; hash: string }>('select seq::integer, jws, hash from exchange_inbox where peer = $1 order by seq', [sender.name]);
  expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(received).toEqual(sent);
  let previous = beginning;
  for (const { jws, hash, seq } of sent) {
    const head = await readEvent(sender.trust, sender.name, receiver.name, jws);
    expect([head.seq, head.previous, digestOf(jws)]).toEqual([seq, previous, hash]);
    previous = hash;
  }
  await until(async () => (await sender.rows<{ n: number }>('select received_seq::integer as n from exchange_stream where peer = $1 and direction = \'OUT\'', [receiver.name]))[0]?.n === count, 'the receipt of the last event');
  expect(await receiver.rows('select seq::integer as n, hash from exchange_stream where peer = $1 and direction = \'IN\'', [sender.name])).toEqual([{ n: count, hash: previous }]);
}
