import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { endLeftovers, noteChildren } from './leftovers.js';
import { liveLocks, takeLock } from './lock.js';
import { requireFreePorts } from './ports.js';
import { processMark } from './processMark.js';

let home: string;
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'delta-lock-')); });
afterEach(async () => {
  for (const child of sleepers.splice(0)) child.kill('SIGKILL');
  await rm(home, { recursive: true });
});

const sleepers: ChildProcess[] = [];
function sleeper(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  sleepers.push(child);
  return child;
}

test('of many starts at once on one home exactly one gets the lock, and the rest are told who has it', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(home, 'zone')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ message: expect.stringContaining(`process ${process.pid}`) as unknown, remedy: expect.stringContaining('DELTA_HOME') as unknown });
  }
});

test('of many that find a stale lock exactly one takes it over', async () => {
  await mkdir(join(home, 'locks'));
  await writeFile(join(home, 'locks', 'zone.lock'), JSON.stringify({ pid: process.pid, mark: 'an earlier process with the same id' }));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(home, 'zone')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a lock whose holder was killed is taken over', async () => {
  const child = sleeper();
  await mkdir(join(home, 'locks'));
  await writeFile(join(home, 'locks', 'zone.lock'), JSON.stringify({ pid: child.pid, mark: processMark(child.pid!) }));
  await expect(takeLock(home, 'zone')).rejects.toThrow(/runs on/);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  const lock = await takeLock(home, 'zone');
  await lock.release();
  expect((await liveLocks(home)).size).toBe(0);
});

test('a damaged lock file holds nobody up', async () => {
  await mkdir(join(home, 'locks'));
  await writeFile(join(home, 'locks', 'zone.lock'), '{"pid":');
  await expect(takeLock(home, 'zone')).resolves.toBeDefined();
});

test('two provinces may run alone beside each other, but not beside the whole zone', async () => {
  const anhui = await takeLock(home, 'anhui');
  await takeLock(home, 'jiangsu');
  await expect(takeLock(home, 'zone')).rejects.toThrow(/runs on/);
  await anhui.release();
  expect([...(await liveLocks(home)).keys()]).toEqual(['jiangsu']);
});

test('what an earlier supervisor left running is ended before a start', async () => {
  const child = sleeper();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await noteChildren(home, 'zone', [{ name: 'anhui', pid: child.pid! }]);
  expect(await endLeftovers(home, ['zone', 'anhui'], ['anhui'])).toEqual(['anhui']);
  await gone;
  expect(await endLeftovers(home, ['zone', 'anhui'], ['anhui'])).toEqual([]);
});

test('a process that merely has the id of an earlier child is left alone', async () => {
  await mkdir(join(home, 'locks'));
  await writeFile(join(home, 'locks', 'zone.children.json'), JSON.stringify([{ name: 'anhui', pid: process.pid, mark: 'another start' }]));
  expect(await endLeftovers(home, ['zone', 'anhui'], ['anhui'])).toEqual([]);
});

test('taken ports are all named at once, with the variables that move them', async () => {
  const holders = await Promise.all([0, 0].map(() => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const [first, second] = holders.map((holder) => (holder.address() as { port: number }).port);
  try {
    await expect(requireFreePorts([
      { service: 'gateway', port: first!, variable: 'DELTA_GATEWAY_PORT' }, { service: 'zone', port: second!, variable: 'DELTA_ZONE_PORT' },
    ])).rejects.toMatchObject({ message: expect.stringMatching(`port ${first} \\(gateway\\), port ${second} \\(zone\\)`) as unknown, remedy: expect.stringContaining('DELTA_GATEWAY_PORT, DELTA_ZONE_PORT') as unknown });
  } finally {
    for (const holder of holders) holder.close();
  }
});

test('one port for two services is refused', async () => {
  await expect(requireFreePorts([
    { service: 'gateway', port: 4999, variable: 'DELTA_GATEWAY_PORT' }, { service: 'zone', port: 4999, variable: 'DELTA_ZONE_PORT' },
  ])).rejects.toThrow(/given to gateway and zone/);
});
