import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { recordedRelations } from '../server/recordedRelations.js';
import { policyDocument } from './policyDocument.js';

test('POLICY.md is what the tables generate (npm run policy)', () => {
  expect(readFileSync(new URL('../../POLICY.md', import.meta.url), 'utf8')).toBe(policyDocument(recordedRelations));
});

test('a relation that a concept hands in appears with its meaning and its rows', () => {
  const text = policyDocument([{
    relation: 'GRID', meaning: { en: 'the member lives in the viewer\'s grid', zh: '本网格' }, find: async () => new Map(),
    rules: [{ role: 'grid_worker', relation: 'GRID', purpose: '*', fields: { id: 'CLEAR' } }],
  }]);
  expect(text).toContain('| `GRID` | 本网格 | the member lives in the viewer\'s grid |');
  expect(text).toContain('### Grid worker (网格员)');
});
