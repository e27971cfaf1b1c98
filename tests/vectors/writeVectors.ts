import { refusalCatalogue } from '@delta/pass';
import { cborCases, headerCases, signatureCases, textCases, type TextCase } from './casesOfForm.js';
import { recordCases } from './casesOfRecords.js';
import { keyCases, proofCases, stationCases, statusCases, timeCases, trustCases, validCases, type RuleCase } from './casesOfRules.js';
import { runVector } from './runVector.js';
import type { Vector } from './vector.js';
import { station, verbs } from './world.js';

const slug = (text: string): string => text.toLowerCase().replaceAll('\'', '').replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');

/** File names below pass/ and what stands in them. A case whose outcome is not the one written beside it ends the run. */
export async function makeVectors(): Promise<ReadonlyMap<string, Vector>> {
  const all: readonly (RuleCase | TextCase)[] = [
    ...headerCases, ...textCases, ...cborCases, ...signatureCases, ...keyCases, ...timeCases, ...statusCases, ...trustCases, ...proofCases, ...stationCases, ...recordCases, ...validCases,
  ];
  const files = new Map<string, Vector>();
  for (const one of all) {
    const { name, refusal, text } = one;
    const rule: RuleCase = one;
    const vector = { name, kind: rule.kind ?? 'pass', input: (await text) ?? null, context: await station(await rule.context) } as const;
    const expect = await runVector(verbs, vector);
    const got = 'refusal' in expect ? expect.refusal : 'valid';
    if (got !== (refusal ?? 'valid')) throw new Error(`${name}: ${got} instead of ${refusal ?? 'valid'}`);
    const place = refusal ? `invalid/${String(refusalCatalogue[refusal].number).padStart(2, '0')}-${slug(name)}.json` : `valid/${slug(name)}.json`;
    if (files.has(place)) throw new Error(`two cases are called ${name}`);
    files.set(place, { ...vector, expect });
  }
  return files;
}

export const vectorText = (vector: Vector): string => `${JSON.stringify(vector, null, 1)}\n`;
