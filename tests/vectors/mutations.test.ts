import { expect, test } from '@jest/globals';
import { createPassVerbs, nodePlatform } from '@delta/pass';
import { mutationCodes } from './mutationCodes.js';
import { tryMutations } from './mutations.js';

const verbs = createPassVerbs(nodePlatform);

test('the unchanged codes are admitted', async () => {
  for (const { text, context } of await mutationCodes(verbs)) expect(verbs.verifyPassSync(text, context).valid).toBe(true);
});

test('of 4,000 changed codes none is admitted and nothing but refusals of the catalogue comes out', async () => {
  const { accepted, thrown, refusals } = tryMutations(verbs, await mutationCodes(verbs), 4000, 20260101);
  expect({ accepted, thrown }).toEqual({ accepted: [], thrown: [] });
  expect([...refusals.values()].reduce((sum, count) => sum + count, 0)).toBe(4000);
  expect(refusals.size).toBeGreaterThan(15);
});
