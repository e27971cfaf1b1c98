import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { startTestZone, type TestZone } from './testing/testZone.js';
import { supergraph } from './testing/contract.js';

let zone: TestZone | undefined;
afterEach(async () => {
  await zone?.close();
  zone = undefined;
});
const start = async (options = {}): Promise<TestZone> => { zone = await startTestZone(options); return zone; };
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
};
const replace = async (file: string, text: string): Promise<void> => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};
const knows = async ({ ask }: TestZone, field: string): Promise<boolean> => (await ask('{ __type(name: "Query") { fields { name } } }')).text.includes(`"${field}"`);

test('a new supergraph takes over without a restart, written in place or put in place', async () => {
  const running = await start();
  expect(await knows(running, 'first')).toBe(false);
  await writeFile(running.supergraphFile, supergraph('first'));
  await until(() => knows(running, 'first'));
  await replace(running.supergraphFile, supergraph('second'));
  await until(() => knows(running, 'second'));
  expect(await knows(running, 'first')).toBe(false);
  await until(async () => (await readFile(running.cacheFile, 'utf8')) === supergraph('second'));
});

test('reloads under load without one error', async () => {
  // The subgraphs run in this process and wait with it while a supergraph loads.
  const running = await start({ env: { DELTA_SUBGRAPH_DEADLINE_MS: '10000' } });
  const versions = ['one', 'two', 'three', 'four'].map((marker) => supergraph(marker));
  let done = false;
  let answered = 0;
  const failures: unknown[] = [];
  const client = async (): Promise<void> => {
    while (!done) {
      const answer = await running.ask('{ provinces { code organizations(first: 1) { edges { node { name } } } } }');
      answered += 1;
      if (answer.status !== 200 || answer.errors) failures.push(answer.text);
    }
  };
  const clients = Array.from({ length: 4 }, client);
  for (const [index, version] of versions.entries()) {
    await replace(running.supergraphFile, version);
    await until(() => knows(running, ['one', 'two', 'three', 'four'][index]!));
    // Each version answers under load before the next one comes, however slow the machine.
    const before = answered;
    await until(async () => Promise.resolve(answered >= before + 10));
  }
  done = true;
  await Promise.all(clients);
  expect(failures).toEqual([]);
});

test('a supergraph that does not load changes nothing, is logged with its code, and does not replace the one kept', async () => {
  const running = await start();
  for (const [index, bad] of ['type Query {', 'type Query { a: String }', supergraph('x').replace('type ShanghaiProvince ', 'type Elsewhere '), supergraph('x').replace('http://anhui.invalid/graphql', 'nowhere').replace('name: "anhui"', 'name: "elsewhere"'), ''].entries()) {
    await replace(running.supergraphFile, bad);
    await until(async () => running.log().split('a supergraph was refused').length > index + 1);
    expect((await running.ask('{ shanghai { name } }')).data).toEqual({ shanghai: { name: 'Shanghai' } });
  }
  expect(running.log()).toContain('"code":"SUPERGRAPH_INVALID"');
  expect(await readFile(running.cacheFile, 'utf8')).toBe(supergraph());
  await replace(running.supergraphFile, supergraph('mended'));
  await until(() => knows(running, 'mended'));
});

test('a file that is gone for a while changes nothing', async () => {
  const running = await start();
  await rm(running.supergraphFile);
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  expect((await running.ask('{ shanghai { name } }')).status).toBe(200);
  await writeFile(running.supergraphFile, supergraph('back'));
  await until(() => knows(running, 'back'));
});

test('plans the examples before the first request, and again before a new supergraph takes over', async () => {
  const query = 'query Registered { provinces { code organizations(first: 1) { edges { node { name } } } } }';
  const running = await start({ documents: [{ name: 'registered', query, variables: {} }] });
  const made = async (): Promise<string | undefined> => /delta_plan_lookups_total\{outcome="made"\} (\d+)/.exec(await running.metrics.registry.metrics())?.[1];
  expect(await made()).toBe('2');
  expect(running.seen).toEqual([]);
  await running.ask(query);
  await running.ask(query, { operationName: 'Registered' });
  expect(await made()).toBe('2');
  await replace(running.supergraphFile, supergraph('next'));
  await until(async () => (await running.metrics.registry.metrics()).includes('delta_supergraph_loads_total{outcome="loaded"} 2'));
  expect(await made()).toBe('4');
});
