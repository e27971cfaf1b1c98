import { createPassVerbs, webPlatform } from '../../subgraphs/pass/src/browser.js';
import { runVector } from './runVector.js';
import type { Vector } from './vector.js';

/** The part of browser.test.ts that runs in the page. */
export async function runAll(vectors: readonly (readonly [string, Vector])[]): Promise<readonly (readonly [string, Vector['expect']])[]> {
  const verbs = createPassVerbs(webPlatform);
  const outcomes: [string, Vector['expect']][] = [];
  for (const [name, { kind, input, context }] of vectors) outcomes.push([name, await runVector(verbs, { name, kind, input, context })]);
  return outcomes;
}
