import { expect, test } from '@jest/globals';
import { withFaultsPlace } from '../withFaultsPlace.js';
import { runMovesFaults } from './movesFaults.js';
import { runNoOwnershipVersion } from './noOwnershipVersion.js';

const seed = Number(process.env['DELTA_FAULTS_SEED'] ?? Date.now() % 1_000_000);
const at = withFaultsPlace();

/** Small here; in full by `npm run faults -- moves`. */
test('a member who moves is held by one, and the directory knows by whom, whatever is killed, cut or restored meanwhile', async () => {
  const said: string[] = [];
  const report = await runMovesFaults({ seed, place: at(), members: 12, moves: 3, faults: 4, restores: 2, durable: false, pauseMs: 1_500, say: (line) => said.push(line) });
  expect({ seed, violations: report.violations, said: report.violations.length > 0 ? said : [] }).toEqual({ seed, violations: [], said: [] });
  // The run was one: everybody moved on, and a province and the zone were restored.
  expect([report.transfers, report.faults, report.restores.length, report.restores.includes('zone'), report.steadySeconds < 30]).toEqual([36, 4, 2, true, true]);
}, 240_000);

test('a directory that knows no ownership version is found', async () => {
  const { caughtBy } = await runNoOwnershipVersion({ seed, place: at(), members: 16, moves: 4, say: () => undefined });
  expect([seed, caughtBy['directoryIsRight'] ?? 0]).not.toEqual([seed, 0]);
}, 240_000);
