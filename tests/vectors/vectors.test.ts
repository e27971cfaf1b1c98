import { describe, expect, test } from '@jest/globals';
import { createPassVerbs, nodePlatform, refusalCatalogue, type Platform } from '@delta/pass';
import { webPlatform } from '@delta/pass/platform/webPlatform';
import { readVectors } from './readVectors.js';
import { passContext, runVector } from './runVector.js';
import { makeVectors } from './writeVectors.js';

const vectors = readVectors();
const platforms: readonly [string, Platform][] = [['Node', nodePlatform], ['WebCrypto', webPlatform]];

describe.each(platforms)('on %s', (_, platform) => {
  const verbs = createPassVerbs(platform);
  test.each([...vectors])('%s gives what it says', async (_name, { expect: expected, ...vector }) => {
    expect(await runVector(verbs, vector)).toEqual(expected);
  });
});

test('the synchronous verifier gives the same as the asynchronous one', async () => {
  const verbs = createPassVerbs(nodePlatform);
  let judged = 0;
  for (const { kind, input, context, expect: expected } of vectors.values()) {
    if (kind !== 'pass') continue;
    const ready = await passContext(verbs, context).catch(() => undefined);
    if (!ready) continue;
    for (const text of context.before ?? []) verbs.verifyPassSync(text, ready);
    const outcome = verbs.verifyPassSync(input!, ready);
    expect(outcome.valid ? 'valid' : outcome.refusal.code).toBe('refusal' in expected ? expected.refusal : 'valid');
    judged += 1;
  }
  expect(judged).toBeGreaterThan(100);
});

test('every refusal of the catalogue has a vector', () => {
  const covered = new Set([...vectors.values()].map(({ expect: expected }) => ('refusal' in expected ? expected.refusal : '')));
  expect(Object.keys(refusalCatalogue).filter((code) => !covered.has(code as keyof typeof refusalCatalogue))).toEqual([]);
});

test('the committed vectors are those that vectors:write writes', async () => {
  // Apart from what zlib packed, which differs between builds: compared is what is scanned and what comes of it.
  const compared = (files: typeof vectors): unknown => Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { kind, input, expect: expected }]) => [name, { kind, input, expected }]));
  expect(compared(vectors)).toEqual(compared(await makeVectors()));
});
