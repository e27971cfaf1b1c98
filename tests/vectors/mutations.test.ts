import { expect, test } from '@jest/globals';
import { challengeText, createPassVerbs, nodePlatform, PassRefusal, readChallenge } from '@delta/pass';
import { mutationCodes } from './mutationCodes.js';
import { readVectors } from './readVectors.js';
import { mutateBytes, mutateText, random, tryMutations, type Draw } from './mutations.js';
import { openLists, runVector } from './runVector.js';

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

const draws = (seed: number): Draw => {
  const next = random(seed);
  return (below) => Math.floor(next() * below);
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('of 2,000 changed lists none is taken and nothing but refusals of the catalogue comes out', async () => {
  const { context } = [...readVectors().values()].find(({ name }) => name === 'a pass that a compromised key is known to have issued')!;
  await openLists(verbs, context);
  const draw = draws(7);
  for (let i = 0; i < 2000; i += 1) {
    const change = (list: string): string => hex(mutateBytes(new Uint8Array(Buffer.from(list, 'hex')), draw));
    const changed = [
      { ...context, trustList: change(context.trustList) }, { ...context, statusLists: context.statusLists.map(change) }, { ...context, knownIssued: context.knownIssued!.map(change) },
    ][i % 3]!;
    expect(await runVector(verbs, { name: '', kind: 'lists', input: null, context: changed })).toHaveProperty('refusal');
  }
});

test('of 1,000 changed station records none is taken', async () => {
  const vector = readVectors().get('valid/a-stations-record-of-a-phone.json')!;
  const draw = draws(8);
  for (let i = 0; i < 1000; i += 1) {
    const input = hex(mutateBytes(new Uint8Array(Buffer.from(vector.input!, 'hex')), draw));
    expect(await runVector(verbs, { ...vector, input })).toHaveProperty('refusal');
  }
});

test('a changed challenge is read or refused by the catalogue', () => {
  const text = challengeText({ nonce: new Uint8Array(8), step: 60_000_000, station: '31-station-1', activity: '31-activity-1' });
  const draw = draws(9);
  let refused = 0;
  for (let i = 0; i < 2000; i += 1) {
    try {
      readChallenge(mutateText(text, draw));
    } catch (error) {
      expect(error).toBeInstanceOf(PassRefusal);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(500);
});
