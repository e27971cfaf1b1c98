import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { discardParked, type RunningExchange } from '@delta/runtime/exchange/index';
import { sequence } from '@delta/runtime/exchange/sequence';
import { trim } from '@delta/runtime/exchange/trim';
import { trimInbox } from '@delta/runtime/exchange/trimStore';
import pg from 'pg';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';

let zone: Owners;
let [shanghai, jiangsu]: Owner[] = [];
const logged: string[] = [];
let running: RunningExchange[] = [];
beforeEach(async () => {
  logged.length = 0;
  zone = await startOwners((line) => logged.push(line));
  ({ shanghai, jiangsu } = zone.owners);
});
afterEach(async () => { await zone.close(); running = []; });

const run = (): void => { running = [shanghai!, jiangsu!].map((owner) => owner.run()); };
const stop = async (): Promise<void> => { await Promise.all(running.map((exchange) => exchange.stop())); running = []; };
const received = (count: number): Promise<void> => until(async () => (await jiangsu!.rows('select 1 from exchange_inbox')).length === count, `${count} events`);
const receipted = (seq: number): Promise<void> => until(async () => (await shanghai!.rows(`select 1 from exchange_stream where direction = 'OUT' and received_seq = $1`, [seq])).length === 1, `a receipt for ${seq}`);
const write = async (from: number, to: number, more: Parameters<Owner['write']>[3] = {}): Promise<void> => { for (let n = from; n <= to; n += 1) await shanghai!.write('jiangsu', `s-${n}`, n, more); };
const places = async (owner: Owner, table: 'exchange_log' | 'exchange_inbox'): Promise<number[]> => (await owner.rows<{ seq: number }>(`select seq::integer from ${table} order by seq`)).map(({ seq }) => seq);

const day = 24 * 60 * 60_000;
const ago = (days: number): Date => new Date(Date.now() - days * day);
/** As if places up to `to` had been written and received so many days ago. */
const age = async (to: number, days: number): Promise<void> => {
  await shanghai!.rows('update exchange_log set at = $2 where seq <= $1', [to, ago(days)]);
  await jiangsu!.rows('update exchange_inbox set received_at = $2 where seq <= $1', [to, ago(days)]);
};
const trimBoth = async (): Promise<void> => { for (const owner of [shanghai!, jiangsu!]) await trim(owner.db(), ago(35)); };
const halted = (): Promise<void> => until(async () => (await shanghai!.rows(`select 1 from exchange_stream where direction = 'OUT' and state = 'HALTED' and halted_for = 'EXCHANGE_TRIMMED'`)).length === 1, 'a halted stream');

describe('what is trimmed', () => {
  test('is what was sent and received before the oldest backup, at the receiver a day later, and never the last event', async () => {
    run();
    await write(1, 9);
    await received(9);
    await receipted(9);
    await stop();
    await age(9, 35.5);
    await age(4, 40);
    await trimBoth();
    expect(await places(shanghai!, 'exchange_log')).toEqual([9]);
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([5, 6, 7, 8, 9]);
    await age(9, 400);
    await trimBoth();
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([9]);
    run();
    await write(10, 12);
    await until(async () => (await jiangsu!.arrived('shanghai')).length === 12, 'twelve notes');
    await receipted(12);
  });

  test('is never what is parked, nor anything behind what has to be kept', async () => {
    run();
    await write(1, 2);
    await write(3, 3, { text: 'poison' });
    await write(4, 8);
    await received(8);
    await stop();
    await age(8, 400);
    // A clock that was wrong for a moment: what came after it is kept, so that no hole is left.
    await jiangsu!.rows('update exchange_inbox set received_at = $1 where seq = 6', [ago(3)]);
    await trimBoth();
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([3, 6, 7, 8]);
    await discardParked(jiangsu!.services, 'shanghai', 3, 'written by mistake');
    await trimBoth();
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([6, 7, 8]);
  });

  test('is trimmed a batch a statement, and parked events hold up none of it', async () => {
    run();
    for (let n = 1; n <= 30; n += 1) await shanghai!.write('jiangsu', `s-${n}`, n, n <= 10 ? { text: 'poison' } : {});
    await received(30);
    await stop();
    await age(30, 400);
    const gone: number[] = [];
    do gone.push(await trimInbox(jiangsu!.db(), ago(35), 8)); while (gone.at(-1)! > 0);
    expect(gone).toEqual([8, 8, 3, 0]);
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30]);
  });

  test('is not what no receipt has come for', async () => {
    run();
    await write(1, 3);
    await received(3);
    await receipted(3);
    await stop();
    await write(4, 6);
    await sequence(shanghai!.services, 'jiangsu');
    await age(6, 400);
    await trimBoth();
    expect(await places(shanghai!, 'exchange_log')).toEqual([3, 4, 5, 6]);
  });

  test('is nothing that a sender needs who goes back to a backup within that time', async () => {
    run();
    await write(1, 5);
    await received(5);
    await receipted(5);
    await stop();
    const backup = await shanghai!.backup();
    run();
    await write(6, 12);
    await received(12);
    await stop();
    await age(5, 400);
    await trimBoth();
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([6, 7, 8, 9, 10, 11, 12]);
    await shanghai!.restore(backup);
    run();
    await until(async () => (await shanghai!.written()).length === 12, 'what was lost');
    expect(await places(shanghai!, 'exchange_log')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('is missing to a sender who goes back further: the stream is halted, and says so, and nothing is taken', async () => {
    run();
    await write(1, 5);
    await received(5);
    await receipted(5);
    await stop();
    const backup = await shanghai!.backup();
    run();
    await write(6, 7);
    await write(8, 8, { text: 'poison' });
    await write(9, 12);
    await received(12);
    await stop();
    await age(10, 400);
    await trimBoth();
    expect(await places(jiangsu!, 'exchange_inbox')).toEqual([8, 11, 12]);
    await shanghai!.restore(backup);
    run();
    await halted();
    expect(logged.some((line) => line.includes('EXCHANGE_TRIMMED'))).toBe(true);
    expect(await places(shanghai!, 'exchange_log')).toEqual([1, 2, 3, 4, 5]);
    expect(await shanghai!.rows('select 1 from exchange_recovery')).toEqual([]);
  });
});

describe('a loss report', () => {
  interface Report { at: Date; peer: string; from_seq: string; to_seq: string; taken: number; returned: number; shredded: number; unrestored: number; lost_after: Date | null }
  const reports = (): Promise<Report[]> => shanghai!.rows<Report>('select * from exchange_recovery order by at');

  test('says what was taken back from whom, what of it could not be restored, and since when more may be lost', async () => {
    run();
    await write(1, 5);
    await received(5);
    await receipted(5);
    await stop();
    const [last] = await shanghai!.rows<{ at: Date }>('select at from exchange_log where seq = 5');
    const backup = await shanghai!.backup();
    run();
    await write(6, 8);
    await write(9, 10, { type: 'note.passing' });
    await write(11, 11, { type: 'note.secret' });
    await received(11);
    await stop();
    await jiangsu!.rows(`delete from exchange_key where subject = 's-11'`);
    await shanghai!.restore(backup);
    await write(101, 102);
    await sequence(shanghai!.services, 'jiangsu');
    const before = new Date();
    run();
    await until(async () => (await jiangsu!.arrived('shanghai')).length === 13, 'all notes');
    const [report, ...more] = await reports();
    expect(more).toEqual([]);
    expect(report).toMatchObject({ peer: 'jiangsu', from_seq: '6', to_seq: '11', taken: 6, returned: 2, shredded: 1, unrestored: 2, lost_after: last!.at });
    expect(report!.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect((await shanghai!.written()).filter(({ n }) => n < 100).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const line = JSON.parse(logged.find((each) => each.includes('EXCHANGE_RECOVERED'))!) as Record<string, unknown>;
    expect(line).toMatchObject({ peer: 'jiangsu', from: 6, to: 11, taken: 6, returned: 2, shredded: 1, unrestored: 2, lostAfter: last!.at.toISOString() });
    expect(JSON.stringify([report, line])).not.toMatch(/s-\d/);
  });

  test('knows no time where the backup is from before the first event', async () => {
    const backup = await shanghai!.backup();
    run();
    await write(1, 3);
    await received(3);
    await stop();
    await shanghai!.restore(backup);
    run();
    await until(async () => (await reports()).length === 1, 'a report');
    expect((await reports())[0]).toMatchObject({ from_seq: '1', to_seq: '3', taken: 3, returned: 0, lost_after: null });
  });

  test('is there with what it reports of, or not at all', async () => {
    run();
    await write(1, 2);
    await received(2);
    await receipted(2);
    await stop();
    const backup = await shanghai!.backup();
    run();
    await write(3, 4);
    await received(4);
    await stop();
    await shanghai!.restore(backup);
    const administer = async (statement: string): Promise<void> => {
      const client = new pg.Client({ connectionString: shanghai!.database.ownerUrl });
      await client.connect();
      await client.query(statement);
      await client.end();
    };
    await administer('alter table exchange_recovery add constraint never check (taken < 0)');
    run();
    await until(async () => logged.some((line) => line.includes('a peer of the exchange waits')), 'a recovery that fails');
    expect(await places(shanghai!, 'exchange_log')).toEqual([1, 2]);
    expect((await shanghai!.written()).length).toBe(2);
    await administer('alter table exchange_recovery drop constraint never');
    await until(async () => (await reports()).length === 1, 'a report');
    expect(await places(shanghai!, 'exchange_log')).toEqual([1, 2, 3, 4]);
  });
});
