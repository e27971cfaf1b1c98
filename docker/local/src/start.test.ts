import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anchorsOfProvince } from './anchors.js';
import { askSubgraph } from './askSubgraph.js';
import { processMark } from './processMark.js';
import { provision } from './provision.js';
import { requestToken } from './requestToken.js';
import { exampleLookup } from './welcome.js';

/** The real zone, all seven processes with five databases, as `npm start` runs it, on ports and a home of its own. */
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
let home: string;
let env: NodeJS.ProcessEnv;
let gateway: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-start-'));
  const names = ['GATEWAY', 'ZONE', 'ISSUER', 'SHANGHAI', 'JIANGSU', 'ZHEJIANG', 'ANHUI'].map((name) => `DELTA_${name}_PORT`)
    .concat(['ZONE', 'SHANGHAI', 'JIANGSU', 'ZHEJIANG', 'ANHUI'].map((name) => `DELTA_${name}_POSTGRES_PORT`));
  const ports = await freePorts(names.length);
  env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DELTA_HOME: home, ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])) };
  gateway = `http://127.0.0.1:${ports[0]}/graphql`;
});
const started: Zone[] = [];
afterAll(async () => {
  for (const zone of started) await zone.end('SIGTERM');
  await rm(home, { recursive: true, force: true });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

interface Zone {
  readonly process: ChildProcess;
  output(): string;
  until(text: RegExp, boundMs?: number): Promise<void>;
  readonly gone: Promise<void>;
  /** Signals it and gives the milliseconds until it was gone. */
  end(signal: NodeJS.Signals): Promise<number>;
}

function start(args: readonly string[] = [], entry = './start.ts'): Zone {
  const child = spawn(process.execPath, ['--conditions=source', '--import', file('./fixtures/typescript.mjs'), file(entry), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const zone: Zone = {
    process: child,
    output: () => output,
    gone,
    async until(text, boundMs = 90_000) {
      for (let waited = 0; !text.test(output); waited += 50) {
        if (waited > boundMs || child.exitCode !== null) throw new Error(`never ${text.source}:\n${output}`);
        await sleep(50);
      }
    },
    async end(signal) {
      const began = Date.now();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await gone;
      return Date.now() - began;
    },
  };
  started.push(zone);
  return zone;
}

const pids = async (): Promise<Map<string, number>> => new Map((JSON.parse(await readFile(join(home, 'locks', 'zone.children.json'), 'utf8')) as { name: string; pid: number }[]).map(({ name, pid }) => [name, pid]));

async function databasePids(): Promise<number[]> {
  const owners = ['zone', 'shanghai', 'jiangsu', 'zhejiang', 'anhui'];
  const files = await Promise.all(owners.map((owner) => readFile(join(home, owner, 'pg', 'data', 'postmaster.pid'), 'utf8').catch(() => '')));
  return files.filter((text) => text !== '').map((text) => Number(text.split('\n')[0]));
}

async function lookUp(person: 0 | 1 | 2): Promise<unknown> {
  const token = await requestToken(home, { role: 'station_clerk', province: '31', organization: anchorsOfProvince('31').clerkOrganizationId });
  const input = { idNumber: anchorsOfProvince('34').people[person].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() };
  const response = await fetch(gateway, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query: exampleLookup, variables: { input } }),
  });
  return response.json();
}

const found = { data: { shanghai: { openLookup: { lookup: { member: { __typename: 'AnhuiMember', id: anchorsOfProvince('34').people[0].id, province: { name: '安徽省' } } } } } } };

test('one command starts the zone, and the example it prints finds a person of Anhui for a clerk in Shanghai', async () => {
  const zone = start(['--members', '100']);
  await zone.until(/The zone is ready \(/);
  expect(zone.output()).toContain(anchorsOfProvince('34').people[0].idNumber);
  expect(await lookUp(0)).toMatchObject(found);
});

test('a second start on the same home is refused with the process that holds it, and so is a reset beside it', async () => {
  for (const args of [[], ['--reset']]) {
    const second = start(args);
    await second.gone;
    expect(second.process.exitCode).toBe(2);
    expect(second.output()).toMatch(new RegExp(`process ${started[0]!.process.pid}`));
  }
  expect(await lookUp(0)).toMatchObject(found);
});

test('a province that is killed comes back, with its data, while the others go on', async () => {
  const zone = started[0]!;
  process.kill((await pids()).get('anhui')!, 'SIGKILL');
  await zone.until(/anhui stopped \(ended by SIGKILL\)/);
  const response = await fetch(gateway, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ shanghai { name } }' }) });
  expect(await response.json()).toEqual({ data: { shanghai: { name: '上海市' } } });
  await zone.until(/anhui answers again/);
});

test('after kill -9 of the supervisor and every service the next start recovers and has the same people', async () => {
  const services = [...(await pids()).values()];
  const zone = started[0]!;
  zone.process.kill('SIGKILL');
  for (const pid of services) process.kill(pid, 'SIGKILL');
  await zone.gone;
  const next = start(['--members', '100']);
  await next.until(/The zone is ready \(/);
  expect(next.output()).not.toMatch(/members \d+ %/);
  expect(await lookUp(0)).toMatchObject(found);
});

test('Ctrl-C ends everything within three seconds and leaves neither a service nor a database', async () => {
  const zone = started.at(-1)!;
  const services = [...(await pids()).values()];
  const databases = await databasePids();
  // Issuer, zone, four provinces, gateway, ceremony.
  expect([services.length, databases.length]).toEqual([8, 5]);
  expect(await zone.end('SIGINT')).toBeLessThan(3_000);
  expect(zone.process.exitCode).toBe(0);
  expect([...services, ...databases].filter((pid) => processMark(pid) !== null)).toEqual([]);
  expect((await readdir(join(home, 'locks'))).length).toBe(0);
});

test('one province runs alone, answers what the development gateway key signed, and keeps the zone from starting beside it', async () => {
  const province = start(['anhui'], './provinceAlone.ts');
  await province.until(/安徽省 runs alone/);
  const question = { subgraph: 'anhui', url: `http://127.0.0.1:${env['DELTA_ANHUI_PORT']}/graphql`, query: '{ anhui { members(first: 1) { edges { node { id } } } } }', variables: {} };
  expect(await askSubgraph(home, question)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  const token = await requestToken(home, { role: 'station_clerk', province: '34', organization: anchorsOfProvince('34').clerkOrganizationId });
  expect(await askSubgraph(home, { ...question, token })).toEqual({ data: { anhui: { members: { edges: [{ node: { id: anchorsOfProvince('34').people[0].id } }] } } } });
  await expect(askSubgraph(home, { ...question, subgraph: 'jiangsu', url: `http://127.0.0.1:${env['DELTA_JIANGSU_PORT']}/graphql` })).rejects.toThrow(/does not answer/);

  const other = await mkdtemp(join(tmpdir(), 'delta-start-'));
  await provision(other);
  expect(await askSubgraph(other, question)).toMatchObject({ errors: [{ extensions: { code: 'CONTEXT_REFUSED' } }] });
  await rm(other, { recursive: true });

  const zone = start();
  await zone.gone;
  expect(zone.process.exitCode).toBe(2);
  expect(await province.end('SIGTERM')).toBeLessThan(3_000);
});

test('a taken port is named before anything starts, with the variable that moves it', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(Number(env['DELTA_ANHUI_PORT']), '127.0.0.1', resolve));
  const zone = start();
  await zone.gone;
  holder.close();
  expect(zone.process.exitCode).toBe(2);
  expect(zone.output()).toMatch(/port \d+ \(anhui\).*DELTA_ANHUI_PORT/);
});
