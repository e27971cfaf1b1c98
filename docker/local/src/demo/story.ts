/** Something went otherwise than it must: the demonstration ends, and its exit code says so. */
export class Deviation extends Error {
  override readonly name = 'Deviation';
}

/** Tells what happens, Chinese first, and how long each step took. */
export interface Story {
  /** @param work gives what is told behind the step, or nothing */
  step<T>(zh: string, en: string, work: () => Promise<T>, outcome?: (result: T) => string): Promise<T>;
  /** @throws Deviation */
  must(what: string, is: unknown, wanted: unknown): void;
  /** @throws Deviation when something took longer than it may, in milliseconds */
  within(what: string, took: number, atMost: number): void;
}

export function createStory(say: (line: string) => void): Story {
  let steps = 0;
  return {
    async step(zh, en, work, outcome = () => '') {
      const started = performance.now();
      steps += 1;
      const result = await work();
      const told = outcome(result);
      say(`${String(steps).padStart(2)}. ${zh}${told && `：${told}`}（${(performance.now() - started).toFixed(0)} 毫秒）\n    ${en}`);
      return result;
    },
    must(what, is, wanted) {
      if (is !== wanted) throw new Deviation(`${what}：应为 ${String(wanted)}，实为 ${String(is)} (expected ${String(wanted)}, got ${String(is)})`);
    },
    within(what, took, atMost) {
      if (!(took <= atMost)) throw new Deviation(`${what}：${took.toFixed(0)} 毫秒，超过 ${atMost} 毫秒 (took longer than it may)`);
    },
  };
}
