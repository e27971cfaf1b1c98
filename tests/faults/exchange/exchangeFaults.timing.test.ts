import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runExchangeFaults } from './exchangeFaults.js';
import { runControls } from './runControls.js';

const seed = Number(process.env['DELTA_FAULTS_SEED'] ?? Date.now() % 1_000_000);
const folders = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('delta-faults-'));
let before: string[] = [];
beforeAll(async () => { before = await folders(); });
afterAll(async () => {
  for (const name of await folders()) expect([name, before.includes(name)]).toEqual([name, true]);
});

/** Small here; in full by `npm run faults -- exchange`. */
test('every event arrives once and in order, whatever is killed, cut or restored meanwhile', async () => {
  const said: string[] = [];
  const report = await runExchangeFaults({ seed, events: 40, faults: 6, restores: 2, durable: false, say: (line) => said.push(line) });
  expect({ seed, violations: report.violations, said: report.violations.length > 0 ? said : [] }).toEqual({ seed, violations: [], said: [] });
  // The run was one: everything was written, something was poisoned and parked, and two owners were restored.
  expect([report.acknowledged >= 800, report.parked > 0, report.faults, report.restores.length]).toEqual([true, true, 6, 2]);
}, 240_000);

/** Small here; all of them by `npm run faults -- exchange --controls`. */
test('what is broken on purpose is found', async () => {
  const [report] = await runControls({ names: ['noDedupe'], seed, events: 200, faults: 6, owners: ['zone', 'shanghai', 'jiangsu'], say: () => undefined });
  expect([seed, report?.caughtBy.effectsAreArrivals ?? 0]).not.toEqual([seed, 0]);
}, 240_000);

test('nothing is left of a run that is ended before its time', async () => {
  const ended = new AbortController();
  const run = runExchangeFaults({
    seed, events: 1_000, faults: 4, restores: 0, owners: ['zone', 'shanghai'], durable: false, signal: ended.signal,
    say: (line) => { if (line.includes('owners')) ended.abort(); },
  });
  await expect(run).rejects.toThrow('abort');
  expect((await folders()).filter((name) => !before.includes(name))).toEqual([]);
}, 120_000);
