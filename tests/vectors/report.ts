import { createPassVerbs, nodePlatform, refusalCatalogue } from '@delta/pass';
import { webPlatform } from '@delta/pass/platform/webPlatform';
import { readVectors } from './readVectors.js';
import { runVector } from './runVector.js';

/** `npm run -w @delta/pass vectors`: every vector on both platforms; a line a refusal. Exit code 1 when one does not behave. */
const platforms = { node: createPassVerbs(nodePlatform), web: createPassVerbs(webPlatform) };
const counts = new Map<string, number>();
let wrong = 0;
for (const [name, { expect, ...vector }] of readVectors()) {
  for (const [platform, verbs] of Object.entries(platforms)) {
    const got = await runVector(verbs, vector);
    if (JSON.stringify(got) === JSON.stringify(expect)) continue;
    wrong += 1;
    console.log(`${platform}: ${name} gives ${JSON.stringify(got)}`);
  }
  const code = 'refusal' in expect ? expect.refusal : 'valid';
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
for (const [code, { number }] of Object.entries(refusalCatalogue)) console.log(`${String(number).padStart(2)} ${code.padEnd(24)} ${counts.get(code) ?? 0}`);
const missing = Object.keys(refusalCatalogue).filter((code) => !counts.has(code));
console.log(`${[...counts.values()].reduce((sum, count) => sum + count, 0)} vectors (${counts.get('valid') ?? 0} valid), ${counts.size - 1} of ${Object.keys(refusalCatalogue).length} refusals have one; ${wrong} do not behave.`);
process.exitCode = wrong > 0 || missing.length > 0 ? 1 : 0;
