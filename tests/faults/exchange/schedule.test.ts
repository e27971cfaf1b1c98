import { expect, test } from '@jest/globals';
import { faultKinds, isRestore, scheduleOf, type Fault } from './schedule.js';

const wish = { seed: 7, faults: 60, owners: ['zone', 'shanghai', 'jiangsu', 'zhejiang', 'anhui'], restores: 3 };
const steps = scheduleOf(wish);
const faults = steps.flatMap(({ what }) => (isRestore(what) ? [] : [what as Fault]));

test('a schedule is the same for the same seed, and another for another', () => {
  expect(scheduleOf(wish)).toEqual(steps);
  expect(scheduleOf({ ...wish, seed: 8 })).not.toEqual(steps);
});

test('every kind of fault comes about as often as every other, to somebody or on the way to another', () => {
  expect(faults).toHaveLength(60);
  for (const kind of faultKinds) expect(faults.filter((fault) => fault.kind === kind)).toHaveLength(5);
  for (const { owner, to } of faults) expect(owner).not.toBe(to);
});

test('provinces are restored, each after its backup, the last one unsettled', () => {
  const restores = steps.flatMap(({ at, what }) => (isRestore(what) ? [{ at, ...what }] : []));
  const owners = restores.filter(({ kind }) => kind === 'restore').map(({ owner }) => owner);
  expect([new Set(owners).size, owners.includes('zone')]).toEqual([3, false]);
  for (const owner of owners) {
    const [backup, restore] = restores.filter((each) => each.owner === owner);
    expect([backup!.kind, restore!.kind, backup!.at < restore!.at, restore!.at < 1]).toEqual(['backup', 'restore', true, true]);
  }
  expect(restores.filter(({ kind }) => kind === 'restore').map(({ settled }) => settled)).toEqual([true, true, false]);
});
