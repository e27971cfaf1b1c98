import { expect, test } from '@jest/globals';
import { isRole, sameViewer, type Viewer } from './viewer.js';

const clerk: Viewer = { issuer: 'https://id.example', subject: 'c-1', role: 'station_clerk', province: '31', organization: '31-a', member: null };

test('two viewers are the same when every part of them is', () => {
  expect(sameViewer(clerk, { ...clerk })).toBe(true);
  expect(sameViewer(null, null)).toBe(true);
});

test.each(Object.keys(clerk))('a viewer with another %s is another viewer', (property) => {
  expect(sameViewer(clerk, { ...clerk, [property]: 'other' } as Viewer)).toBe(false);
});

test('nobody is not the same as somebody', () => {
  expect(sameViewer(clerk, null)).toBe(false);
  expect(sameViewer(null, clerk)).toBe(false);
});

test('a role is one of the list, as tokens write it', () => {
  expect(isRole('station_clerk')).toBe(true);
  for (const other of ['STATION_CLERK', 'root', '', undefined, 1]) expect(isRole(other)).toBe(false);
});
