import { createPassVerbs, nodePlatform } from '@delta/pass';
import { mutationCodes } from './mutationCodes.js';
import { tryMutations } from './mutations.js';

/** `npm run -w @delta/pass mutations [-- count [seed]]`: the test's check at any length. Exit code 1 when one was admitted or threw. */
const [count, seed] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? Date.now() % 2 ** 31)];
const verbs = createPassVerbs(nodePlatform);
const { accepted, thrown, refusals } = tryMutations(verbs, await mutationCodes(verbs), count, seed);
for (const [code, times] of [...refusals].sort(([, a], [, b]) => b - a)) console.log(`${code.padEnd(24)} ${times}`);
for (const text of [...accepted, ...thrown]) console.log(text);
console.log(`${count} changed codes, seed ${seed}: ${accepted.length} admitted, ${thrown.length} exceptions outside the catalogue.`);
process.exitCode = accepted.length + thrown.length > 0 ? 1 : 0;
