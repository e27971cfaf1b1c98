import type { Patch } from '../../support/patchSource.js';
import type { ControlReport } from '../exchange/runControls.js';
import { runMovesFaults, type MovesFaultsOptions } from './movesFaults.js';

const says = 'the directory follows whom it hears last, whatever the version and the releases are';

const patches: readonly Patch[] = [{
  file: 'zone/src/directory/rules.ts',
  find: 'if (byIndex && byIndex.memberId !== claim.memberId) return \'CLAIM\';',
  replace: 'if (claim) return \'ENTER\';',
}];

/**
 * The moves with a directory that knows no order, while the ways to it are held in turn: what one province says is heard after what the
 * next one said of the same member.
 * @returns by which invariants that was found, and how often; by none, it was not
 */
export async function runNoOwnershipVersion(options: Pick<MovesFaultsOptions, 'members' | 'moves' | 'seed' | 'place' | 'say' | 'signal'>): Promise<Omit<ControlReport, 'control' | 'caughtBy'> & { readonly control: 'noOwnershipVersion'; readonly caughtBy: Readonly<Record<string, number>> }> {
  options.say(`control noOwnershipVersion: ${says}`);
  const { violations } = await runMovesFaults({ ...options, patches, faults: 0, holds: 12, restores: 0, durable: false, patience: 30, pauseMs: 500 });
  const caughtBy: Record<string, number> = {};
  for (const { invariant } of violations) caughtBy[invariant] = (caughtBy[invariant] ?? 0) + 1;
  const examples = Object.keys(caughtBy).map((name) => violations.find(({ invariant }) => invariant === name)!).map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
  return { control: 'noOwnershipVersion', says, caughtBy, examples };
}
