import { expect, test } from '@jest/globals';
import { roles, type Viewer } from '@delta/schema/viewer';
import { acts, mayAct, requireOffice } from './acts.js';

/** Written out apart from the code. */
const who: Record<string, readonly string[]> = {
  OPEN_LOOKUP: ['branch_secretary', 'station_clerk'],
  OPEN_CASE: ['branch_secretary', 'station_clerk'],
  REVEAL_MEMBER: ['branch_secretary', 'station_clerk'],
  CLOSE_CASE: ['branch_secretary', 'station_clerk', 'organization_administrator'],
  LIST_CASES: ['branch_secretary', 'station_clerk', 'organization_administrator'],
  LIST_MEMBERS: ['branch_secretary', 'station_clerk', 'organization_administrator'],
  TRANSFER_OWNERSHIP: ['branch_secretary', 'organization_administrator'],
  KEEP_PASSES: ['branch_secretary', 'organization_administrator'],
  KEEP_STATIONS: ['branch_secretary', 'station_clerk', 'organization_administrator'],
  ENROL_STATIONS: ['organization_administrator'],
  SEE_EXCHANGE: ['organization_administrator', 'province_auditor'],
  KEEP_EXCHANGE: ['organization_administrator'],
};

test.each(acts)('%s is for those whom the table names, and nobody else', (act) => {
  expect(roles.filter((role) => mayAct(role, act))).toEqual(who[act]);
});

test('an act is done at an organisation: who has none may not, whatever the role', () => {
  const clerk: Viewer = { issuer: 'i', subject: 's', role: 'station_clerk', province: '31', organization: '31-a', member: null };
  expect(requireOffice(clerk, 'OPEN_LOOKUP')).toBe('31-a');
  for (const viewer of [{ ...clerk, organization: null }, { ...clerk, role: 'province_auditor' as const }]) {
    expect(() => requireOffice(viewer, 'OPEN_LOOKUP')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  }
});
