import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { discardParked, readOverview, replayParked, sendEvents, type RunningExchange } from '@delta/runtime/exchange/index';
import { sequence } from '@delta/runtime/exchange/sequence';
import { returnToOutbox } from '@delta/runtime/exchange/store';
import pg from 'pg';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';
import { soundStream } from '../../support/soundStream.js';

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
const arrivedAt = (owner: Owner, from: string, count: number): Promise<void> => until(async () => (await owner.arrived(from)).length >= count, `${count} notes of ${from} at ${owner.name}`);
const numbers = (from: number, to: number, subject = 'a'): { subject: string; n: number }[] => Array.from({ length: to - from + 1 }, (_, i) => ({ subject, n: from + i }));
const states = (owner: Owner, peer: string) => owner.rows<{ seq: number; state: string; reason: string | null }>('select seq::integer, state, reason from exchange_inbox where peer = $1 order by seq', [peer]);

describe('events', () => {
  test('arrive once each, in order, at whom they are for', async () => {
    run(shanghai, jiangsu, zhejiang);
    for (const { subject, n } of numbers(1, 20)) await shanghai!.write(n % 4 === 0 ? 'zhejiang' : 'jiangsu', subject, n);
    await Promise.all([arrivedAt(jiangsu!, 'shanghai', 15), arrivedAt(zhejiang!, 'shanghai', 5)]);
    expect((await jiangsu!.arrived('shanghai')).map(({ n }) => n)).toEqual(numbers(1, 20).map(({ n }) => n).filter((n) => n % 4 !== 0));
    await soundStream(shanghai!, jiangsu!, 15);
    await soundStream(shanghai!, zhejiang!, 5);
  });

  test('of a transaction that is undone are never sent', async () => {
    await expect(shanghai!.services.db.transaction(async (within) => {
      await sendEvents(within, shanghai!.services, [{ to: 'jiangsu', type: 'note.written', version: 1, subject: 'a', data: { n: 1, text: '' } }], new Date());
      throw new Error('undone');
    })).rejects.toThrow('undone');
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'a', 2);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    expect(await jiangsu!.arrived('shanghai')).toEqual([{ subject: 'a', n: 2 }]);
  });

  test('of one stream, whose row somebody holds, keep none of another waiting', async () => {
    run(shanghai, jiangsu, zhejiang);
    await shanghai!.write('jiangsu', 'a', 1);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    const client = new pg.Client({ connectionString: shanghai!.database.ownerUrl });
    await client.connect();
    await client.query(`begin; select 1 from exchange_stream where peer = 'jiangsu' and direction = 'OUT' for update`);
    await shanghai!.write('jiangsu', 'a', 2);
    const started = performance.now();
    for (let n = 1; n <= 5; n += 1) {
      await shanghai!.write('zhejiang', 'b', n);
      await arrivedAt(zhejiang!, 'shanghai', n);
    }
    // Statements are given up after five seconds here.
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(await jiangsu!.arrived('shanghai')).toHaveLength(1);
    await client.query('rollback');
    await client.end();
    await arrivedAt(jiangsu!, 'shanghai', 2);
  });

  test('are seen to wait, and since when, before they have a place', async () => {
    const began = Date.now();
    await shanghai!.write('jiangsu', 's-1', 1);
    const first = Date.now();
    await delay(20);
    await shanghai!.write('jiangsu', 's-1', 2);
    const seen = await readOverview(shanghai!.services.db, ['jiangsu', 'zhejiang']);
    expect(seen).toMatchObject([{ peer: 'jiangsu', state: 'UNKNOWN', sent: 0, lag: 2 }, { peer: 'zhejiang', state: 'UNKNOWN', sent: 0, lag: 0, oldestUndelivered: null }]);
    expect(seen[0]!.oldestUndelivered!.getTime()).toBeGreaterThanOrEqual(began);
    expect(seen[0]!.oldestUndelivered!.getTime()).toBeLessThanOrEqual(first);
  });

  test('wait for a peer that is away, while others get theirs', async () => {
    jiangsu!.pause(true);
    run(shanghai, jiangsu, zhejiang);
    for (const n of [1, 2, 3]) { await shanghai!.write('jiangsu', 'a', n); await shanghai!.write('zhejiang', 'a', n); }
    await arrivedAt(zhejiang!, 'shanghai', 3);
    expect(await jiangsu!.arrived('shanghai')).toEqual([]);
    jiangsu!.pause(false);
    await arrivedAt(jiangsu!, 'shanghai', 3);
    await soundStream(shanghai!, jiangsu!, 3);
  });

  test('wait as well for a peer that refuses them whole, which their sender records once, by its code', async () => {
    jiangsu!.pause('PEER_UNKNOWN');
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'a', 1);
    const refused = (): Promise<{ peer: string; side: string; code: string }[]> => shanghai!.rows('select peer, side, code from exchange_refusal');
    await until(async () => (await refused()).length > 0, 'a recorded refusal');
    await new Promise((resolve) => { setTimeout(resolve, 600); });
    expect(await refused()).toEqual([{ peer: 'jiangsu', side: 'SENT', code: 'PEER_UNKNOWN' }]);
    jiangsu!.pause(false);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    await soundStream(shanghai!, jiangsu!, 1);
  });

  test('come once each from several replicas that send at once', async () => {
    run(shanghai, shanghai, shanghai, jiangsu);
    await Promise.all(numbers(1, 200).map(({ n }) => shanghai!.write('jiangsu', `s-${n % 7}`, n)));
    await arrivedAt(jiangsu!, 'shanghai', 200);
    await soundStream(shanghai!, jiangsu!, 200);
    const arrived = await jiangsu!.arrived('shanghai');
    expect(new Set(arrived.map(({ n }) => n)).size).toBe(200);
  });
});

describe('an event that cannot be handled', () => {
  test('is kept, and holds up its own subject alone, until it is replayed', async () => {
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'a', 1);
    await shanghai!.write('jiangsu', 'a', 2, { text: 'poison' });
    await shanghai!.write('jiangsu', 'a', 3);
    await shanghai!.write('jiangsu', 'b', 4);
    await arrivedAt(jiangsu!, 'shanghai', 2);
    await shanghai!.write('jiangsu', 'a', 5);
    await until(async () => (await states(jiangsu!, 'shanghai')).length === 5, 'five events');
    expect(await states(jiangsu!, 'shanghai')).toEqual([
      { seq: 1, state: 'APPLIED', reason: null }, { seq: 2, state: 'PARKED', reason: 'EFFECT_FAILED' }, { seq: 3, state: 'PARKED', reason: 'BEHIND_PARKED' },
      { seq: 4, state: 'APPLIED', reason: null }, { seq: 5, state: 'PARKED', reason: 'BEHIND_PARKED' }]);
    await soundStream(shanghai!, jiangsu!, 5);
    expect(await replayParked(jiangsu!.services, 'shanghai', 2)).toEqual({ applied: 0, parked: 3 });
    expect(await discardParked(jiangsu!.services, 'shanghai', 2, 'written by mistake')).toEqual({ applied: 2, parked: 0 });
    expect(await jiangsu!.arrived('shanghai')).toEqual([{ subject: 'a', n: 1 }, { subject: 'b', n: 4 }, { subject: 'a', n: 3 }, { subject: 'a', n: 5 }]);
    expect((await states(jiangsu!, 'shanghai'))[1]).toEqual({ seq: 2, state: 'DISCARDED', reason: 'written by mistake' });
    await expect(replayParked(jiangsu!.services, 'shanghai', 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('only for now, because others hold the same rows, is carried out and not parked', async () => {
    await shanghai!.write('jiangsu', 'a', 1, { text: 'touches x gate y' });
    await zhejiang!.write('jiangsu', 'b', 2, { text: 'touches y gate x' });
    await jiangsu!.services.db.transaction(async (within) => {
      await within.query('insert into touched (key, times) values (\'gate\', 0)');
      run(shanghai, jiangsu, zhejiang);
      await until(async () => (await jiangsu!.rows('select from pg_stat_activity where datname = current_database() and wait_event_type = \'Lock\'')).length === 2, 'both at the gate');
    });
    await Promise.all([arrivedAt(jiangsu!, 'shanghai', 1), arrivedAt(jiangsu!, 'zhejiang', 1)]);
    for (const peer of ['shanghai', 'zhejiang']) expect(await states(jiangsu!, peer)).toEqual([{ seq: 1, state: 'APPLIED', reason: null }]);
    expect(await jiangsu!.rows('select key, times from touched order by key')).toEqual(['gate', 'x', 'y'].map((key) => ({ key, times: 2 })));
  });

  test.each([
    ['of a type that nobody knows', { type: 'note.unheard' }, 'UNKNOWN_TYPE'],
    ['of a newer version', { version: 2 }, 'NEWER_VERSION'],
    ['whose data its schema refuses', { data: { n: 'one' } }, 'DATA_REFUSED'],
  ])('%s is kept and parked', async (_, more, reason) => {
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'a', 1, more);
    await shanghai!.write('jiangsu', 'b', 2);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    expect(await states(jiangsu!, 'shanghai')).toEqual([{ seq: 1, state: 'PARKED', reason }, { seq: 2, state: 'APPLIED', reason: null }]);
    await soundStream(shanghai!, jiangsu!, 2);
  });
});

describe('what tells of a person', () => {
  const secret = { type: 'note.secret', text: '赵示例 349999197511148373' };
  const everywhere = async (owner: Owner): Promise<string> => JSON.stringify([
    await owner.rows(`select convert_from(data, 'latin1') as data, head as jws from exchange_outbox`),
    await owner.rows(`select encode(data, 'escape') as data, jws from exchange_log`), await owner.rows(`select encode(data, 'escape') as data, jws from exchange_inbox`)]);

  test('is stored under the subject\'s own key at both ends, and is gone with it while the chain stays whole', async () => {
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'm-1', 1, secret);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    for (const owner of [shanghai!, jiangsu!]) expect(await everywhere(owner)).not.toMatch(/349999197511148373|赵示例/);
    await jiangsu!.rows('delete from exchange_key where subject = $1', ['m-1']);
    await soundStream(shanghai!, jiangsu!, 1);
  });

  test('and was shredded before it was sent has no effect, and holds up nobody', async () => {
    await shanghai!.write('jiangsu', 'm-1', 1, secret);
    await shanghai!.write('jiangsu', 'm-2', 2, secret);
    await shanghai!.rows('delete from exchange_key where subject = $1', ['m-1']);
    run(shanghai, jiangsu);
    await arrivedAt(jiangsu!, 'shanghai', 1);
    expect(await jiangsu!.arrived('shanghai')).toEqual([{ subject: 'm-2', n: 2 }]);
    expect((await states(jiangsu!, 'shanghai'))[0]).toEqual({ seq: 1, state: 'APPLIED', reason: 'SHREDDED' });
    await soundStream(shanghai!, jiangsu!, 2);
  });
});

describe('after a restore from an older backup', () => {
  test('a receiver is told again what it has lost, and each event has its effect once', async () => {
    run(shanghai, jiangsu);
    for (const { n } of numbers(1, 5)) await shanghai!.write('jiangsu', 'a', n);
    await arrivedAt(jiangsu!, 'shanghai', 5);
    await stop();
    const backup = await jiangsu!.backup();
    run(shanghai, jiangsu);
    for (const { n } of numbers(6, 12)) await shanghai!.write('jiangsu', 'a', n);
    await arrivedAt(jiangsu!, 'shanghai', 12);
    await stop();
    await jiangsu!.restore(backup);
    expect(await jiangsu!.arrived('shanghai')).toEqual(numbers(1, 5));
    run(shanghai, jiangsu);
    await shanghai!.write('jiangsu', 'a', 13);
    await arrivedAt(jiangsu!, 'shanghai', 13);
    expect(await jiangsu!.arrived('shanghai')).toEqual(numbers(1, 13));
    await soundStream(shanghai!, jiangsu!, 13);
  });

  test('a sender takes from its peers what it had told them, log and business rows, and nothing new vanishes', async () => {
    run(shanghai, jiangsu, zhejiang);
    for (const { n } of numbers(1, 5)) { await shanghai!.write('jiangsu', 'a', n); await shanghai!.write('zhejiang', 'z', n); }
    await Promise.all([arrivedAt(jiangsu!, 'shanghai', 5), arrivedAt(zhejiang!, 'shanghai', 5)]);
    await stop();
    const backup = await shanghai!.backup();
    run(shanghai, jiangsu, zhejiang);
    for (const { n } of numbers(6, 12)) await shanghai!.write('jiangsu', 'a', n, n === 9 ? { type: 'note.secret' } : {});
    await arrivedAt(jiangsu!, 'shanghai', 12);
    await stop();
    await shanghai!.restore(backup);
    // Written before anybody knows of the loss, and placed where the peer has others already.
    for (const n of [101, 102]) await shanghai!.write('jiangsu', 'b', n);
    await sequence(shanghai!.services, 'jiangsu');
    await shanghai!.write('jiangsu', 'b', 103);
    run(shanghai, jiangsu, zhejiang);
    await arrivedAt(jiangsu!, 'shanghai', 15);
    expect(await jiangsu!.arrived('shanghai')).toEqual([...numbers(1, 12), ...numbers(101, 103, 'b')]);
    expect((await shanghai!.written()).filter(({ subject }) => subject === 'a')).toEqual(numbers(1, 12));
    await soundStream(shanghai!, jiangsu!, 15);
    expect(await shanghai!.rows('select epoch from exchange_stream where peer = \'jiangsu\' and direction = \'OUT\'')).toEqual([{ epoch: 2 }]);
    expect(logged.filter((line) => line.includes('EXCHANGE_RECOVERED'))).toHaveLength(1);
  });

  test('a sender whose backup still had events waiting does not tell them again once its peer has them', async () => {
    for (const { n } of numbers(1, 4)) await shanghai!.write('jiangsu', 'a', n);
    const backup = await shanghai!.backup();
    run(shanghai, jiangsu);
    await arrivedAt(jiangsu!, 'shanghai', 4);
    await shanghai!.write('jiangsu', 'a', 5);
    await arrivedAt(jiangsu!, 'shanghai', 5);
    await stop();
    await shanghai!.restore(backup);
    // They are placed once more before anybody knows of the loss.
    await sequence(shanghai!.services, 'jiangsu');
    await shanghai!.write('jiangsu', 'a', 6);
    run(shanghai, jiangsu);
    await arrivedAt(jiangsu!, 'shanghai', 6);
    await soundStream(shanghai!, jiangsu!, 6);
    expect(await jiangsu!.arrived('shanghai')).toEqual(numbers(1, 6));
    expect((await shanghai!.written())).toEqual(numbers(1, 6));
  });

  test('what is taken back of two streams at once waits in its order, before all that came after', async () => {
    for (const { n } of numbers(1, 4)) for (const to of ['jiangsu', 'zhejiang']) await shanghai!.write(to, 'a', n);
    const { db } = shanghai!.services;
    for (const to of ['jiangsu', 'zhejiang']) await sequence(shanghai!.services, to);
    for (const to of ['jiangsu', 'zhejiang']) await shanghai!.write(to, 'a', 5);
    await db.transaction(async (within) => { for (const to of ['jiangsu', 'zhejiang']) await returnToOutbox(within, to, 2); });
    await db.transaction(async (within) => { for (const to of ['jiangsu', 'zhejiang']) await returnToOutbox(within, to, 0); });
    for (const to of ['jiangsu', 'zhejiang']) {
      const waiting = await db.query<{ n: number }>(`select (convert_from(data, 'UTF8')::json->>'n')::integer as n from exchange_outbox where peer = $1 order by place`, [to]);
      expect(waiting.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test('a receiver that lacks what its sender keeps no more halts the stream, and says so', async () => {
    run(shanghai, jiangsu);
    for (const { n } of numbers(1, 3)) await shanghai!.write('jiangsu', 'a', n);
    await arrivedAt(jiangsu!, 'shanghai', 3);
    await stop();
    const backup = await jiangsu!.backup();
    run(shanghai, jiangsu);
    for (const { n } of numbers(4, 8)) await shanghai!.write('jiangsu', 'a', n);
    await arrivedAt(jiangsu!, 'shanghai', 8);
    await stop();
    await shanghai!.rows('delete from exchange_log where seq < 7');
    await jiangsu!.restore(backup);
    run(shanghai, jiangsu);
    await until(async () => (await shanghai!.rows<{ state: string }>('select state from exchange_stream where direction = \'OUT\' and peer = \'jiangsu\''))[0]?.state === 'HALTED', 'a halted stream');
    expect(logged.some((line) => line.includes('EXCHANGE_TRIMMED'))).toBe(true);
    expect(await jiangsu!.arrived('shanghai')).toEqual(numbers(1, 3));
  });
});
