import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSigner, createTrust, type Signer } from '@delta/service/keys';
import { createAnswer, peersOf } from '@delta/runtime/exchange/index';
import { readReply, writeMessage, type Message, type Reply } from '@delta/runtime/exchange/message';
import { beginning, digestOf, signEvent } from '@delta/runtime/exchange/signedEvent';
import { startOwners, type Owner, type Owners } from '../../support/exchangeOwners.js';
import type { EventHead, WireEvent } from '@delta/runtime/exchange/types';

let zone: Owners;
let [shanghai, jiangsu]: Owner[] = [];
beforeEach(async () => {
  zone = await startOwners();
  ({ shanghai, jiangsu } = zone.owners);
});
afterEach(async () => { await zone.close(); });

const uuid = (n: number): string => `019a2b3c-4d5e-7f60-8a1b-${String(n).padStart(12, '0')}`;

/** A stretch of events from `first` on, each behind the one before. */
async function stretch(count: number, { first = 1, previous = beginning, signer = shanghai!.signer, to = 'jiangsu', over = {} }: { first?: number; previous?: string; signer?: Signer; to?: string; over?: Partial<EventHead> } = {}): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  let before = previous;
  for (let seq = first; seq < first + count; seq += 1) {
    const data = JSON.stringify({ n: seq, text: '' });
    const jws = await signEvent(signer, to, { id: uuid(seq), type: 'note.written', version: 1, subject: 'a', time: new Date().toISOString(), seq, epoch: 1, previous: before, digest: digestOf(data), ...over });
    events.push({ jws, data });
    before = digestOf(jws);
  }
  return events;
}

/** What Jiangsu answers, as its sender reads it; a code where it looked at nothing. */
async function tell(message: Message | Buffer, signer: Signer = shanghai!.signer): Promise<Reply | string> {
  const bytes = Buffer.isBuffer(message) ? message : await writeMessage(signer, 'jiangsu', message);
  const { status, body } = await jiangsu!.post(bytes);
  if (status === 200) return readReply(shanghai!.trust, signer.name, 'jiangsu', body, bytes);
  return (JSON.parse(body.toString()) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code;
}
const deliver = async (events: readonly WireEvent[], signer?: Signer): Promise<string> => {
  const reply = await tell({ kind: 'DELIVER', events }, signer);
  return typeof reply === 'string' ? reply : reply.kind === 'REFUSED' ? reply.code : reply.kind;
};
const unchanged = async (count = 0): Promise<void> => {
  expect(await jiangsu!.arrived('shanghai')).toHaveLength(count);
  expect(await jiangsu!.rows('select 1 from exchange_inbox')).toHaveLength(count);
};
const refusals = async (): Promise<string[]> => (await jiangsu!.rows<{ code: string }>('select code from exchange_refusal order by at')).map(({ code }) => code);

describe('changes nothing, has its code, and is recorded', () => {
  test('an event that another signed, or that was meant for another', async () => {
    const stranger = await createSigner(zone.keys['stranger']!.privateKey, 'shanghai');
    expect(await deliver(await stretch(2, { signer: stranger }))).toBe('SIGNATURE_INVALID');
    expect(await deliver(await stretch(2, { signer: zone.owners.zhejiang.signer }))).toBe('SIGNATURE_INVALID');
    expect(await deliver(await stretch(2, { to: 'zhejiang' }))).toBe('SIGNATURE_INVALID');
    await unchanged();
    expect(await refusals()).toEqual(['SIGNATURE_INVALID', 'SIGNATURE_INVALID', 'SIGNATURE_INVALID']);
  });

  test('an event within a batch that is not the one that those behind it name, down to its signature', async () => {
    const events = await stretch(3);
    const [head, body, signature] = events[1]!.jws.split('.') as [string, string, string];
    const turned = Buffer.from(signature, 'base64url');
    turned[0]! ^= 1;
    const altered = [events[0]!, { ...events[1]!, jws: `${head}.${body}.${turned.toString('base64url')}` }, events[2]!];
    expect(await deliver(altered)).toBe('EXCHANGE_REORDERED');
    expect(await deliver(altered.slice(0, 2))).toBe('SIGNATURE_INVALID');
    expect(await deliver([events[0]!, { ...events[1]!, jws: `${head}.${body}` }, events[2]!])).toBe('EXCHANGE_MALFORMED');
    await unchanged();
  });

  test('a message that another signed, that was altered, or that is none', async () => {
    const events = await stretch(1);
    const bytes = await writeMessage(shanghai!.signer, 'jiangsu', { kind: 'DELIVER', events });
    const stranger = await createSigner(zone.keys['stranger']!.privateKey, 'stranger');
    const [line, body] = bytes.toString().split('\n') as [string, string];
    for (const forged of [
      await writeMessage(stranger, 'jiangsu', { kind: 'DELIVER', events }), await writeMessage(shanghai!.signer, 'zhejiang', { kind: 'DELIVER', events }),
      Buffer.from(bytes.toString().replace('shanghai ', 'zhejiang ')), Buffer.from(`${line}\n${body} `), bytes.subarray(0, bytes.length - 1), Buffer.from(''), Buffer.from('{}'), Buffer.alloc(100),
    ]) expect(await tell(forged)).toBe('SIGNATURE_INVALID');
    await unchanged();
    // Strangers fill no table: of those at once, one is recorded.
    expect(await refusals()).toEqual(['SIGNATURE_INVALID']);
  });

  test('content that is not of its form', async () => {
    const wrong = [null, {}, { kind: 'DELIVER' }, { kind: 'DELIVER', events: [{}] }, { kind: 'DELIVER', events: Array.from({ length: 501 }, () => ({ jws: '', data: null })) }, { kind: 'READ', after: -1, limit: 5 }, { kind: 'READ', after: 0, limit: 501 }, { kind: 'STEAL' }];
    for (const message of wrong) expect(await tell(message as unknown as Message)).toBe('EXCHANGE_MALFORMED');
    for (const over of [{ version: 0 }, { seq: 0 }, { subject: '' }, { id: 'x' }, { time: 'today' }, { previous: '' }, { epoch: 1.5 }]) expect(await deliver(await stretch(1, { over }))).toBe('EXCHANGE_MALFORMED');
    await unchanged();
  });

  test('data that the sender did not sign', async () => {
    const [event] = await stretch(1);
    expect(await deliver([{ ...event!, data: JSON.stringify({ n: 2, text: '' }) }])).toBe('EXCHANGE_DIGEST');
    await unchanged();
  });

  test('events in another order, with one left out or one twice', async () => {
    const [a, b, c] = await stretch(3) as [WireEvent, WireEvent, WireEvent];
    for (const batch of [[b, a], [a, c], [a, a], [a, c, b]]) expect(await deliver(batch)).toBe('EXCHANGE_REORDERED');
    await unchanged();
  });

  test('more bytes than a message may have', async () => {
    expect(await tell(Buffer.alloc(5 * 1024 * 1024))).toBe('BODY_TOO_LARGE');
    await unchanged();
  });

  test('a peer that the list does not name', async () => {
    const answer = createAnswer(jiangsu!.services, peersOf('jiangsu', () => [{ name: 'zhejiang', url: 'http://127.0.0.1:1' }]));
    await expect(answer(await writeMessage(shanghai!.signer, 'jiangsu', { kind: 'DELIVER', events: await stretch(1) }))).rejects.toMatchObject({ code: 'PEER_UNKNOWN' });
    await unchanged();
  });

  test('what a key signs that was retired before', async () => {
    const retired = Math.floor(Date.now() / 1000) - 60;
    const trust = await createTrust({ keys: { jiangsu: [zone.keys['jiangsu']!.publicKey] }, retired: { shanghai: [{ ...zone.keys['shanghai']!.publicKey, retired }] } });
    const answer = createAnswer({ ...jiangsu!.services, trust }, peersOf('jiangsu', () => [{ name: 'shanghai', url: 'http://127.0.0.1:1' }]));
    await expect(answer(await writeMessage(shanghai!.signer, 'jiangsu', { kind: 'DELIVER', events: await stretch(1) }))).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await unchanged();
  });

  test('a message of a clock that is far off', async () => {
    const off: Signer = { ...shanghai!.signer, sign: (claims, options) => shanghai!.signer.sign(claims, { ...options, now: new Date(Date.now() + 3_600_000) }) };
    expect(await deliver(await stretch(1), off)).toBe('SIGNATURE_INVALID');
    await unchanged();
  });
});

test('a batch that comes again, whole or in part, is answered by the same receipt and has no second effect', async () => {
  const events = await stretch(5);
  expect(await deliver(events)).toBe('RECEIPT');
  for (const again of [events, events.slice(0, 2), events.slice(3), [...events, ...await stretch(2, { first: 6, previous: digestOf(events[4]!.jws) })]]) expect(await deliver(again)).toBe('RECEIPT');
  await unchanged(7);
});

test('who claims a place ahead is sent back to where the stream is, as often as it does', async () => {
  const events = await stretch(5);
  expect(await deliver(events.slice(0, 2))).toBe('RECEIPT');
  for (let i = 0; i < 5; i += 1) expect(await deliver(events.slice(3))).toBe('GAP');
  await unchanged(2);
  expect(await deliver(events.slice(2))).toBe('RECEIPT');
  await unchanged(5);
});

test('another past than the one that is stored is refused: at a place that is taken, behind it, and under an older epoch', async () => {
  const events = await stretch(5);
  expect(await deliver(events)).toBe('RECEIPT');
  const other = await stretch(6, { over: { subject: 'b' } });
  for (const batch of [other.slice(0, 2), other, other.slice(5)]) expect(await deliver(batch)).toBe('FORKED');
  expect(await deliver(await stretch(1, { first: 6, previous: digestOf(events[4]!.jws), over: { epoch: 3 } }))).toBe('RECEIPT');
  const [six] = await jiangsu!.rows<{ hash: string }>('select hash from exchange_inbox where seq = 6');
  expect(await deliver(await stretch(1, { first: 7, previous: six!.hash, over: { epoch: 2 } }))).toBe('FORKED');
  await unchanged(6);
  expect((await refusals()).every((code) => code === 'EXCHANGE_FORKED')).toBe(true);
});

test('whoever signs an event stands for those before it, whatever their own signatures say', async () => {
  const stranger = await createSigner(zone.keys['stranger']!.privateKey, 'shanghai');
  const first = await stretch(1, { signer: stranger });
  const second = await stretch(1, { first: 2, previous: digestOf(first[0]!.jws) });
  expect(await deliver([...first, ...second])).toBe('RECEIPT');
  // Both are kept as they came: the second's signature covers the first, byte by byte.
  expect(await jiangsu!.rows('select jws from exchange_inbox order by seq')).toEqual([...first, ...second].map(({ jws }) => ({ jws })));
});

test('a peer reads back its own events and nobody else\'s', async () => {
  const events = await stretch(3);
  await deliver(events);
  expect(await tell({ kind: 'READ', after: 1, limit: 5 })).toEqual({ kind: 'EVENTS', events: events.slice(1) });
  expect(await tell({ kind: 'READ', after: 0, limit: 5 }, zone.owners.zhejiang.signer)).toEqual({ kind: 'EVENTS', events: [] });
});
