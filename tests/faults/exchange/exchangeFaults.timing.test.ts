import { expect, test } from '@jest/globals';
import { withFaultsPlace } from '../withFaultsPlace.js';
import { runExchangeFaults } from './exchangeFaults.js';
import { runControls } from './runControls.js';

const seed = Number(process.env['DELTA_FAULTS_SEED'] ?? Date.now() % 1_000_000);
const at = withFaultsPlace();

/** Small here; in full by `npm run faults -- exchange`. */
test('every event arrives once and in order, whatever is killed, cut or restored meanwhile', async () => {
  const said: string[] = [];
  const report = await runExchangeFaults({ seed, place: at(), events: 40, faults: 6, restores: 2, durable: false, say: (line) => said.push(line) });
  expect({ seed, violations: report.violations, said: report.violations.length > 0 ? said : [] }).toEqual({ seed, violations: [], said: [] });
  // The run was one: everything was written, something was poisoned and parked, and two owners were restored.
  expect([report.acknowledged >= 800, report.parked > 0, report.faults, report.restores.length]).toEqual([true, true, 6, 2]);
}, 240_000);

/** Small here; all of them by `npm run faults -- exchange --controls`. */
test('what is broken on purpose is found', async () => {
  const [report] = await runControls({ names: ['noDedupe'], seed, place: at(), events: 200, faults: 6, owners: ['zone', 'shanghai', 'jiangsu'], say: () => undefined });
  expect([seed, report?.caughtBy.effectsAreArrivals ?? 0]).not.toEqual([seed, 0]);
}, 240_000);

test('nothing is left of a run that is ended before its time', async () => {
  const ended = new AbortController();
  await expect(runExchangeFaults({
    seed, place: at(), events: 1_000, faults: 4, restores: 0, owners: ['zone', 'shanghai'], durable: false, signal: ended.signal,
    say: (line) => { if (line.includes('owners')) ended.abort(); },
  })).rejects.toThrow('abort');
}, 120_000);
