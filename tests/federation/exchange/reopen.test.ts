import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { httpTransport, peersOf, readOverview, reopenStream, sendEvents, type PeerOverview, type Reopened, type RunningExchange } from '@delta/runtime/exchange/index';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';

let zone: Owners;
let [shanghai, jiangsu, zhejiang]: Owner[] = [];
const logged: string[] = [];
let running: RunningExchange[] = [];
beforeEach(async () => {
  logged.length = 0;
  zone = await startOwners((line) => logged.push(line));
  ({ shanghai, jiangsu, zhejiang } = zone.owners);
});
afterEach(async () => { await zone.close(); running = []; });

const run = (...owners: (Owner | undefined)[]): void => { running = owners.map((owner) => owner!.run()); };
const stop = async (): Promise<void> => { await Promise.all(running.map((exchange) => exchange.stop())); running = []; };
const arrived = async (): Promise<number[]> => (await jiangsu!.arrived('shanghai')).map(({ n }) => n);
const arrivedAt = (count: number): Promise<void> => until(async () => (await arrived()).length >= count, `${count} notes of shanghai at jiangsu`);
const write = async (from: number, to: number): Promise<void> => { for (let n = from; n <= to; n += 1) await shanghai!.write('jiangsu', `s-${n}`, n); };
const numbers = (...ranges: readonly (readonly [number, number])[]): number[] => ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
const toJiangsu = async (): Promise<PeerOverview> => (await readOverview(shanghai!.services.db, ['jiangsu'])).find(({ peer }) => peer === 'jiangsu')!;
const halted = (): Promise<void> => until(async () => (await toJiangsu()).state === 'HALTED', 'a halted stream');
const reopen = (acceptLoss: boolean, peer = 'jiangsu'): Promise<Reopened> => {
  const peers = peersOf('shanghai', () => [{ name: 'jiangsu', url: jiangsu!.url }, { name: 'zhejiang', url: zhejiang!.url }]);
  return reopenStream({ ...shanghai!.services, transport: httpTransport(peers) }, peer, acceptLoss);
};

/** Jiangsu is put back to a backup of three events, of which Shanghai keeps none before the seventh. */
async function haltedStream(): Promise<{ readonly newer: string }> {
  run(shanghai, jiangsu);
  await write(1, 3);
  await arrivedAt(3);
  await stop();
  const older = await jiangsu!.backup();
  run(shanghai, jiangsu);
  await write(4, 8);
  await arrivedAt(8);
  await stop();
  const newer = await jiangsu!.backup();
  await shanghai!.rows('delete from exchange_log where seq < 7');
  await jiangsu!.restore(older);
  run(shanghai, jiangsu);
  await halted();
  return { newer };
}

describe('a halted stream', () => {
  test('shows how far its peer has really come, and that nothing of it is sent', async () => {
    await haltedStream();
    await write(9, 10);
    await until(async () => (await toJiangsu()).sent === 10, 'places of ten events');
    expect(await toJiangsu()).toMatchObject({ state: 'HALTED', haltedFor: 'EXCHANGE_TRIMMED', confirmed: 3, lag: 7, parked: 0 });
    expect(await arrived()).toEqual([1, 2, 3]);
  });

  test('keeps no event for another peer from being seen, however many wait for it', async () => {
    await haltedStream();
    const many = Array.from({ length: 6_000 }, (_, n) => ({ to: 'jiangsu', type: 'note.written', version: 1, subject: 'a', data: { n: n + 9, text: '' } }));
    await shanghai!.db().transaction((within) => sendEvents(within, shanghai!.services, many, new Date()));
    await shanghai!.write('zhejiang', 'z', 1);
    running.push(zhejiang!.run());
    await until(async () => (await zhejiang!.arrived('shanghai')).length === 1, 'the note for zhejiang');
  });

  test('stays halted while its peer lacks what is kept no more, by whoever asks', async () => {
    await haltedStream();
    await expect(reopen(false)).rejects.toMatchObject({ code: 'EXCHANGE_TRIMMED', extensions: { from: 4, to: 6 } });
    expect(await toJiangsu()).toMatchObject({ state: 'HALTED', haltedFor: 'EXCHANGE_TRIMMED' });
  });

  test('goes on where its peer is when that has got back what it lacked', async () => {
    const { newer } = await haltedStream();
    await write(9, 10);
    await stop();
    await jiangsu!.restore(newer);
    run(shanghai, jiangsu);
    expect(await reopen(false)).toEqual({ lost: 0, renumbered: 0 });
    await arrivedAt(10);
    expect(await arrived()).toEqual(numbers([1, 10]));
    await until(async () => (await toJiangsu()).lag === 0, 'the receipt of the last');
    expect(await toJiangsu()).toMatchObject({ state: 'OPEN', haltedFor: null, sent: 10 });
    expect(await shanghai!.rows('select epoch from exchange_stream where peer = \'jiangsu\' and direction = \'OUT\'')).toEqual([{ epoch: 1 }]);
  });

  test('goes on behind the gap where an operator accepts the loss: what is kept comes once, in order, and nothing else is lost', async () => {
    await haltedStream();
    await write(9, 10);
    await until(async () => (await toJiangsu()).sent === 10, 'places of ten events');
    expect(await reopen(true)).toEqual({ lost: 3, renumbered: 4 });
    await write(11, 12);
    await arrivedAt(9);
    expect(await arrived()).toEqual(numbers([1, 3], [7, 12]));
    await until(async () => (await toJiangsu()).lag === 0, 'the receipt of the last');
    expect(await toJiangsu()).toMatchObject({ state: 'OPEN', sent: 9, confirmed: 9 });
    expect(await jiangsu!.rows('select seq::integer, epoch from exchange_stream where peer = \'shanghai\' and direction = \'IN\'')).toEqual([{ seq: 9, epoch: 2 }]);
    expect(logged.filter((line) => line.includes('EXCHANGE_REOPENED'))).toHaveLength(1);
  });

  test('sends nothing twice when, after a loss was accepted, its peer gets back the old events after all', async () => {
    const { newer } = await haltedStream();
    expect(await reopen(true)).toEqual({ lost: 3, renumbered: 2 });
    await write(9, 9);
    await arrivedAt(6);
    await stop();
    await jiangsu!.restore(newer);
    run(shanghai, jiangsu);
    await write(10, 10);
    await arrivedAt(10);
    expect(await arrived()).toEqual(numbers([1, 10]));
  });

  test('is reopened once by two who ask at once', async () => {
    await haltedStream();
    const outcomes = await Promise.allSettled([reopen(true), reopen(true)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'STREAM_NOT_HALTED' } });
    await arrivedAt(5);
    expect(await arrived()).toEqual(numbers([1, 3], [7, 8]));
  });

  test('is not reopened past a peer that does not say where it is, and what else was to be recorded leaves nothing done when that fails', async () => {
    await haltedStream();
    jiangsu!.pause(true);
    await expect(reopen(true)).rejects.toMatchObject({ code: 'PEER_UNAVAILABLE' });
    jiangsu!.pause(false);
    const peers = peersOf('shanghai', () => [{ name: 'jiangsu', url: jiangsu!.url }]);
    await expect(reopenStream({ ...shanghai!.services, transport: httpTransport(peers) }, 'jiangsu', true, async () => { throw new Error('not recorded'); })).rejects.toThrow('not recorded');
    expect(await toJiangsu()).toMatchObject({ state: 'HALTED', sent: 8, confirmed: 3 });
    expect(await shanghai!.rows('select seq::integer from exchange_log where peer = \'jiangsu\' order by seq')).toEqual([{ seq: 7 }, { seq: 8 }]);
  });
});

test('a stream that is not halted, or that there is none of, is not reopened', async () => {
  run(shanghai, jiangsu);
  await write(1, 1);
  await arrivedAt(1);
  await expect(reopen(true)).rejects.toMatchObject({ code: 'STREAM_NOT_HALTED' });
  await expect(reopen(true, 'anhui')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
