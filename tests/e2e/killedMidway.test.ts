import { expect, test } from '@jest/globals';
import { runAuditFaults } from '../faults/auditFaults.js';
import { build } from './localZone.js';

/** Small here; in full by `npm run faults -- audit`. */
test('every disclosure that left is in its owner\'s log, whatever was killed meanwhile', async () => {
  await build();
  const seed = Number(process.env['DELTA_FAULTS_SEED'] ?? Date.now() % 1_000_000);
  const report = await runAuditFaults({ requests: 400, kills: 4, seed, say: () => undefined });
  expect({ seed, missing: report.missing, invented: report.invented }).toEqual({ seed, missing: [], invented: [] });
  // The run was one: much was answered and shown, and things were killed.
  expect([report.kills >= 2, report.answered > 40, report.shown > 100]).toEqual([true, true, true]);
}, 240_000);
