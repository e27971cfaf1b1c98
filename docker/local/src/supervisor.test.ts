import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processMark } from './processMark.js';
import { supervise, type Supervisor, type SupervisorOptions } from './supervisor.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const quick = { firstMs: 50, longestMs: 400, steadyMs: 60_000 };

let directory: string;
let events: string;
let supervisor: Supervisor | null;
let said: string[];
let pids: Map<string, number>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'delta-supervisor-'));
  events = join(directory, 'events');
  supervisor = null;
  said = [];
  pids = new Map();
});

afterEach(async () => {
  supervisor?.kill();
  await supervisor?.stop();
  await rm(directory, { recursive: true });
});

function run(children: Record<string, NodeJS.ProcessEnv & { front?: string }>, options: SupervisorOptions = {}): Supervisor {
  supervisor = supervise(Object.entries(children).map(([name, { front, ...env }]) => ({
    name, entry: fixture('service.mjs'), front: front !== undefined, logFile: join(directory, `${name}.log`),
    env: { ...process.env, FAKE_NAME: name, FAKE_EVENTS: events, ...env },
  })), {
    onMessage: (name, { type }) => said.push(`${name} ${type}`),
    onNotice: (name, line) => said.push(`${name} notice ${line}`),
    onDeath: (name, reason, wait) => said.push(`${name} died ${reason} ${wait}`),
    onChange: (list) => { pids = new Map(list.map(({ name, pid }) => [name, pid])); },
  }, { restart: quick, ...options });
  supervisor.start();
  return supervisor;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error(`never: ${what}; said: ${said.join(' | ')}`);
}

const alive = (pid: number): boolean => processMark(pid) !== null;
const history = async (): Promise<string[]> => (await readFile(events, 'utf8').catch(() => '')).trim().split('\n').map((line) => line.replace(/ \d+$/, ''));
const allReady = (...names: string[]) => () => names.every((name) => said.includes(`${name} ready`));

test('stopping tells each child once and leaves no process', async () => {
  const zone = run({ one: {}, two: {} });
  await until('both ready', allReady('one', 'two'));
  const ids = [...pids.values()];
  await Promise.all([zone.stop(), zone.stop()]);
  expect(ids.map(alive)).toEqual([false, false]);
  expect((await history()).filter((line) => line.endsWith('SIGTERM')).sort()).toEqual(['one SIGTERM', 'two SIGTERM']);
});

test('what answers clients stops before what it asks', async () => {
  const zone = run({ gateway: { front: 'yes', FAKE_STOP_MS: '200' }, province: {} });
  await until('both ready', allReady('gateway', 'province'));
  await zone.stop();
  expect((await history()).filter((line) => !/started|ready/.test(line))).toEqual(['gateway SIGTERM', 'gateway stopped', 'province SIGTERM', 'province stopped']);
});

test('a child that ignores SIGTERM is killed after the bound', async () => {
  const zone = run({ deaf: { FAKE_DEAF: 'yes' }, good: {} }, { stopBoundMs: 400 });
  await until('both ready', allReady('deaf', 'good'));
  const ids = [...pids.values()];
  const began = Date.now();
  await zone.stop();
  expect(Date.now() - began).toBeGreaterThanOrEqual(390);
  expect(Date.now() - began).toBeLessThan(3_000);
  expect(ids.map(alive)).toEqual([false, false]);
});

test('a child that is still starting has two seconds at most', async () => {
  const zone = run({ slow: { FAKE_DEAF: 'yes', FAKE_NEVER_READY: 'yes' } });
  await until('a notice', () => said.some((line) => line.startsWith('slow notice')));
  const id = pids.get('slow')!;
  const began = Date.now();
  await zone.stop();
  expect(Date.now() - began).toBeLessThan(4_000);
  expect(alive(id)).toBe(false);
});

test('a killed child is started again, with its reason told, while the others go on', async () => {
  run({ one: {}, two: {} });
  await until('both ready', allReady('one', 'two'));
  const [first, other] = [pids.get('one')!, pids.get('two')!];
  process.kill(first, 'SIGKILL');
  await until('restarted', () => said.filter((line) => line === 'one ready').length === 2);
  expect(said).toContain('one died ended by SIGKILL 50');
  expect(pids.get('one')).not.toBe(first);
  expect(pids.get('two')).toBe(other);
  expect(alive(other)).toBe(true);
});

test('a child that refuses to start is tried again with growing waits that end at the longest, and its own words are the reason', async () => {
  run({ wrong: { FAKE_FAILS: 'Port 4031 is taken. Set PORT.' } });
  await until('five deaths', () => said.filter((line) => line.startsWith('wrong died')).length === 5);
  expect(said.filter((line) => line.startsWith('wrong died'))).toEqual([50, 100, 200, 400, 400].map((wait) => `wrong died Port 4031 is taken. Set PORT. ${wait}`));
});

test('a child that waits for its restart is not started after the stop', async () => {
  const zone = run({ wrong: { FAKE_FAILS: 'no' } });
  await until('a death', () => said.some((line) => line.startsWith('wrong died')));
  await zone.stop();
  const before = (await history()).length;
  await sleep(600);
  expect((await history()).length).toBe(before);
});

test('all output goes to the log file, and only warnings to the screen', async () => {
  const zone = run({ one: {} });
  await until('a notice', () => said.some((line) => line.includes('notice')));
  await zone.stop();
  expect(said.filter((line) => line.includes('notice'))).toEqual(['one notice warning: something is odd']);
  expect(await readFile(join(directory, 'one.log'), 'utf8')).toContain('quiet');
});

test('a second, impatient stop kills at once', async () => {
  const zone = run({ deaf: { FAKE_DEAF: 'yes' } });
  await until('ready', allReady('deaf'));
  const id = pids.get('deaf')!;
  const stopped = zone.stop();
  await sleep(100);
  zone.kill();
  await stopped;
  expect(alive(id)).toBe(false);
});

test('when the supervisor itself is killed, its children see the channel close and stop', async () => {
  const outer = spawn(process.execPath, ['--conditions=source', '--import', fixture('typescript.mjs'), fixture('supervisor.ts'), directory], {
    env: { ...process.env, NODE_OPTIONS: '', FAKE_EVENTS: events }, stdio: 'ignore',
  });
  try {
    await until('both ready', async () => (await history()).filter((line) => line.endsWith('ready')).length === 2);
    const ids = (await readFile(events, 'utf8')).trim().split('\n').filter((line) => line.includes(' ready ')).map((line) => Number(line.split(' ')[2]));
    outer.kill('SIGKILL');
    await until('children gone', () => !ids.some(alive));
    expect((await history()).filter((line) => line.endsWith('disconnect'))).toHaveLength(2);
  } finally {
    outer.kill('SIGKILL');
  }
});
