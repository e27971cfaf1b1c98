import { chmod, mkdtemp, readdir, readFile, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runExchangeFaults } from './exchangeFaults.js';
import { runControls } from './runControls.js';

const seed = Number(process.env['DELTA_FAULTS_SEED'] ?? Date.now() % 1_000_000);
let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'delta-faults-test-'));
  // As root the database servers run under another account, which must pass through.
  await chmod(place, 0o711);
});

/** Nothing is left of any run, however it ended: no folder, and (where /proc tells) no process that knows of one. */
afterEach(async () => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid);
  const about = await Promise.all(pids.flatMap((pid) => ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))));
  expect([await readdir(place), about.filter((text) => text.includes(place))]).toEqual([[], []]);
  await rmdir(place);
});

/** Small here; in full by `npm run faults -- exchange`. */
test('every event arrives once and in order, whatever is killed, cut or restored meanwhile', async () => {
  const said: string[] = [];
  const report = await runExchangeFaults({ seed, place, events: 40, faults: 6, restores: 2, durable: false, say: (line) => said.push(line) });
  expect({ seed, violations: report.violations, said: report.violations.length > 0 ? said : [] }).toEqual({ seed, violations: [], said: [] });
  // The run was one: everything was written, something was poisoned and parked, and two owners were restored.
  expect([report.acknowledged >= 800, report.parked > 0, report.faults, report.restores.length]).toEqual([true, true, 6, 2]);
}, 240_000);

/** Small here; all of them by `npm run faults -- exchange --controls`. */
test('what is broken on purpose is found', async () => {
  const [report] = await runControls({ names: ['noDedupe'], seed, place, events: 200, faults: 6, owners: ['zone', 'shanghai', 'jiangsu'], say: () => undefined });
  expect([seed, report?.caughtBy.effectsAreArrivals ?? 0]).not.toEqual([seed, 0]);
}, 240_000);

test('nothing is left of a run that is ended before its time', async () => {
  const ended = new AbortController();
  await expect(runExchangeFaults({
    seed, place, events: 1_000, faults: 4, restores: 0, owners: ['zone', 'shanghai'], durable: false, signal: ended.signal,
    say: (line) => { if (line.includes('owners')) ended.abort(); },
  })).rejects.toThrow('abort');
}, 120_000);
