import { expect, it } from '@jest/globals';
import { codeOf, peerNamed, positionFrom, positionOf } from './rules.js';

it('names a province by its code and the zone as itself, and back', () => {
  expect(['jiangsu', 'zone'].map(codeOf)).toEqual(['32', 'zone']);
  expect(['32', 'zone'].map(peerNamed)).toEqual(['jiangsu', 'zone']);
});

it('takes no name but the contract\'s', () => {
  expect(peerNamed('jiangsu')).toBe('');
});

it('has a place in the list of what is parked that reads back', () => {
  expect(positionFrom(positionOf({ peer: 'anhui', seq: 12 }))).toEqual({ peer: 'anhui', seq: 12 });
  expect(positionFrom(null)).toBeNull();
});
