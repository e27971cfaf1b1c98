import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { province as anhui } from '@delta/anhui';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import { startBound } from '../bench/start.js';
import { againstLoading } from '../support/loadingTime.js';
import { unlimitedLookups } from '../support/unlimitedLookups.js';
import { lookupDocument, type LookupData } from '../support/zone.js';
import { build, databaseOf, LocalZone, serviceNamed } from './localZone.js';

const person = anchorsOf(anhui.synthetic).people[0];
let zone: LocalZone;
let token: string;

beforeAll(async () => {
  await build();
  zone = await LocalZone.prepare(unlimitedLookups);
  await zone.start('--members', '300');
  token = await zone.token('--role', 'station_clerk', '--province', '31');
}, 120_000);
afterAll(async () => { await zone?.remove(); });

const lookup = () => zone.ask<LookupData>(lookupDocument, { input: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } }, token);
const found = async (): Promise<boolean> => (await lookup()).data?.shanghai?.openLookup?.lookup.member?.id === person.id;

async function within(seconds: number, condition: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + seconds * 1000; !(await condition().catch(() => false));) {
    if (Date.now() > until) throw new Error(`not within ${seconds} s; the zone said:\n${zone.output}`);
    await sleep(200);
  }
}

describe('the zone on one machine', () => {
  it('answers the first lookup with a token of the command line', async () => {
    expect(await found()).toBe(true);
  });

  it('shows how far events have come between all owners, and who is away while its database answers', async () => {
    expect(await found()).toBe(true);
    const status = async (): Promise<string[]> => (await zone.command('exchange', 'status', '--once')).split('\n').map((line) => line.replace(/\s{2,}/g, ' | '));
    await within(90, async () => (await status()).filter((line) => / \| open 正常 \| /.test(line)).length === 20);
    await zone.kill(serviceNamed('anhui'), 'SIGSTOP');
    try {
      const lines = await status();
      expect(lines).toContain('away 离线: anhui (its database answers 数据库可用)');
      expect(lines.filter((line) => line.startsWith('anhui → ')).map((line) => line.split(' | ')[1])).toEqual(Array.from({ length: 4 }, () => 'away 离线'));
      expect(lines.filter((line) => / → anhui/.test(line)).map((line) => line.split(' | ')[1])).toEqual(Array.from({ length: 4 }, () => 'peer away 对方离线'));
      expect(lines.filter((line) => / \| open 正常 \| /.test(line))).toHaveLength(12);
    } finally {
      await zone.kill(serviceNamed('anhui'), 'SIGCONT');
    }
    await within(30, async () => !(await status()).some((line) => line.includes('away')));
    await expect(zone.command('exchange', 'status', '--onec')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('npm run exchange -- status') });
  }, 150_000);

  it('starts a killed subgraph again', async () => {
    expect(await zone.kill(serviceNamed('anhui'))).toBeGreaterThan(0);
    const without = await lookup();
    expect(without.data.shanghai.openLookup.lookup.id).toMatch(/^31-/);
    await within(30, found);
  }, 60_000);

  it('starts a killed database server again', async () => {
    expect(await zone.kill(databaseOf('anhui'))).toBeGreaterThan(0);
    await within(30, found);
  }, 60_000);

  it('recovers from kill -9 of everything and keeps its data', async () => {
    const { data } = await lookup();
    await zone.kill(/./);
    await within(10, async () => (await zone.processes()).length === 0);
    await zone.start();
    expect(await found()).toBe(true);
    expect(data.shanghai.openLookup.lookup.id).toMatch(/^31-/);
  }, 90_000);

  it(`stops on Ctrl-C within three seconds and leaves no process, and a second start takes at most ${startBound} times what loading a large library takes`, async () => {
    // The best of up to three, since other work on the machine counts into one. Seconds are measured by `npm run bench -- start`:
    // a shared machine changes its speed by the half, so a bound in seconds would judge the machine.
    const stop = async (): Promise<void> => {
      expect(await zone.stop()).toBeLessThan(3);
      expect(await zone.processes()).toEqual([]);
    };
    await stop();
    let best = Infinity;
    for (let attempt = 0; attempt < 3 && best > startBound; attempt += 1) {
      const { times } = await againstLoading(async () => {
        const took = await zone.start();
        expect(await found()).toBe(true);
        await stop();
        return took;
      });
      best = Math.min(best, times);
    }
    expect(best).toBeLessThanOrEqual(startBound);
  }, 120_000);
});
