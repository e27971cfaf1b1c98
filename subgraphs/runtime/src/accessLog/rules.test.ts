import { describe, expect, it } from '@jest/globals';
import { fieldsOf, outcomeOf, positionFrom, positionOf, purposeOf } from './rules.js';
import type { AccessLogRecord } from './types.js';

const look: AccessLogRecord = {
  id: '01890000-0000-7000-8000-000000000001', recordedBy: '34', at: '2026-10-01T02:03:04.000567Z', kind: 'DISCLOSURE', role: 'station_clerk', province: '31',
  organization: null, purpose: 'CHECK_IN', fields: ['id', 'name'],
};

describe('an entry of the access log', () => {
  it('says in the contract\'s words what came of the look, and shows fields only where fields were shown', () => {
    expect((['DISCLOSURE', 'EXISTENCE', 'REFUSAL'] as const).map((kind) => [outcomeOf({ ...look, kind }), fieldsOf({ ...look, kind })]))
      .toEqual([['DISCLOSED', ['id', 'name']], ['EXISTENCE', []], ['REFUSED', []]]);
  });

  it('names a purpose only if the contract knows it', () => {
    expect(['OWN_WORK', 'OWN_RECORD', null].map((purpose) => purposeOf({ ...look, purpose }))).toEqual(['OWN_WORK', null, null]);
  });

  it('has a place in the list that keeps its microseconds', () => {
    expect(positionFrom(positionOf(look))).toEqual({ at: look.at, id: look.id });
    expect(positionFrom(null)).toBeNull();
  });
});
