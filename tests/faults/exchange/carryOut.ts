import { setTimeout as sleep } from 'node:timers/promises';
import type { Injector } from './inject.js';
import { isRestore, type Step } from './schedule.js';

/** What goes on while things break. */
export interface Work {
  /** What share of it is done. */
  readonly done: number;
  /** The same in words. */
  readonly told: string;
  /** Resolves when all of it is done, or it was stopped. */
  run(): Promise<void>;
  stop(): void;
}

export interface Breaking { readonly injector: Injector; readonly say: (line: string) => void; readonly signal?: AbortSignal }

/** Does all the work while the schedule is carried out. @throws what failed first, once nothing is under way any more */
export async function workUnder(steps: readonly Step[], work: Work, { injector, say, signal }: Breaking): Promise<void> {
  let failed: Error | undefined;
  const fail = (error: unknown): void => { failed ??= error instanceof Error ? error : new Error(String(error)); work.stop(); };
  const happening: Promise<void>[] = [];
  const carryOut = async (): Promise<void> => {
    for (const { at, what } of steps) {
      while (work.done < at && !failed) await sleep(10, undefined, { ...(signal ? { signal } : {}) });
      if (failed) return;
      say(`${work.told}: ${what.kind} ${what.owner}${isRestore(what) || !what.link ? '' : ` to ${what.to}`}`);
      happening.push(injector.do(what).catch(fail));
      // Everybody waits for whoever is restored, or the work would be over before it.
      if (what.kind === 'restore') await happening.at(-1);
    }
  };
  await Promise.all([work.run().catch(fail), carryOut().catch(fail)]);
  await Promise.all(happening);
  if (failed) throw failed;
}

export interface Counts {
  readonly faults: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly restores: readonly string[];
}

/** What a schedule does, in numbers. */
export function countsOf(steps: readonly Step[]): Counts {
  const kinds: Record<string, number> = {};
  for (const { what } of steps) if (!isRestore(what)) kinds[what.kind] = (kinds[what.kind] ?? 0) + 1;
  const restores = steps.flatMap(({ what }) => (isRestore(what) && what.kind === 'restore' ? [`${what.owner}${what.settled ? '' : ', before it had settled'}`] : []));
  return { faults: Object.values(kinds).reduce((sum, count) => sum + count, 0), kinds, restores };
}
