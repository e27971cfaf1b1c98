import type { Flow } from './types.js';

/** The most that a hidden cell holds. */
export const hiddenMost = 4;

/** A hidden sum that says too much: under five it is a small count itself, and as large as it can be it says that every cell holds four. */
export const tells = ({ sum, cells }: Pick<Flow, 'sum' | 'cells'>): boolean => cells > 0 && (sum <= hiddenMost || sum === hiddenMost * cells);

/**
 * Whether a hidden sum follows from what is published. It does not exactly when it could be one more or one less with
 * every node still in balance: when a cycle leads through it over sums that may themselves grow (walked forward) or shrink
 * (walked backward). Published sums are in nobody's way: they are fixed, so they are left out of `unknown`.
 */
export function follows(flow: Flow, unknown: readonly Flow[], nodes: number): boolean {
  const others = unknown.filter((other) => other !== flow);
  const mayGrow = grows(flow) && reaches(flow.to, flow.from, others, nodes);
  return !mayGrow && !(shrinks(flow) && reaches(flow.from, flow.to, others, nodes));
}

const grows = ({ sum, cells }: Flow): boolean => sum < hiddenMost * cells;
const shrinks = ({ sum }: Flow): boolean => sum > 0;

function reaches(start: number, end: number, flows: readonly Flow[], nodes: number): boolean {
  const steps: number[][] = Array.from({ length: nodes }, () => []);
  for (const flow of flows) {
    if (grows(flow)) steps[flow.from]!.push(flow.to);
    if (shrinks(flow)) steps[flow.to]!.push(flow.from);
  }
  const seen = new Set([start]);
  for (const node of seen) {
    if (node === end) return true;
    for (const next of steps[node]!) seen.add(next);
  }
  return false;
}
