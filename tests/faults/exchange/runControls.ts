import { controls, type Control, type ControlName } from './controls.js';
import { runExchangeFaults } from './exchangeFaults.js';
import type { Invariant } from './invariants.js';

export interface ControlReport {
  readonly control: ControlName;
  readonly says: string;
  /** How often each invariant was violated; a control that violated none was not found. */
  readonly caughtBy: Readonly<Partial<Record<Invariant, number>>>;
  /** The first of each. */
  readonly examples: readonly string[];
}

export interface ControlsOptions {
  readonly names?: readonly ControlName[];
  readonly seed: number;
  readonly events: number;
  readonly faults: number;
  readonly owners?: readonly string[];
  readonly place?: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs the exchange with something left out of it, once for each control, and says which invariants found it. */
export async function runControls({ names = Object.keys(controls) as ControlName[], say, ...options }: ControlsOptions): Promise<ControlReport[]> {
  const reports: ControlReport[] = [];
  for (const name of names) {
    const { says, patches, faults: kinds, restores }: Control = controls[name];
    say(`control ${name}: ${says}`);
    const { violations } = await runExchangeFaults({ ...options, patches, kinds, restores, durable: false, patience: 30, say });
    const caughtBy: Partial<Record<Invariant, number>> = {};
    for (const { invariant } of violations) caughtBy[invariant] = (caughtBy[invariant] ?? 0) + 1;
    const examples = Object.keys(caughtBy).map((invariant) => violations.find((violation) => violation.invariant === invariant)!).map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
    reports.push({ control: name, says, caughtBy, examples });
  }
  return reports;
}
