import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { memberFields, type Why } from '../access/index.js';
import { AuditTrail, type AuditEntry } from '../audit/index.js';
import { disclose, reveal } from './disclose.js';
import type { MemberRecord } from './types.js';

const record: MemberRecord = {
  id: 'm-1', name: '王示例', gender: 'FEMALE', joinedOn: null, probationary: false, affiliation: 'HOME', homeOrganizationId: '31-branch',
  idNumber: null, phone: null, dataKey: { suite: 'aes', version: 'v1', bytes: Buffer.alloc(0) }, path: ['31-committee', '31-branch'],
};
const clerk: Viewer = { issuer: 'i', subject: 's', role: 'station_clerk', province: '32', organization: '32-a', member: null };
const lookup: Why = { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '32-l', inCase: false, reveal: [] };

/** A trail that can be read. */
class ReadableTrail extends AuditTrail {
  readonly entries: AuditEntry[] = [];
  override add(entry: AuditEntry): void { this.entries.push(entry); }
}
const newTrail = (): ReadableTrail => new ReadableTrail({ requestId: 'r', viewer: clerk });

test('a lookup shows the masked name, withholds the phone, and notes only what it showed', () => {
  const trail = newTrail();
  const member = disclose(record, lookup, clerk, '31', memberFields, []);
  expect(reveal(member, 'name', trail, (m) => m.name, () => '王*')).toBe('王*');
  expect(reveal(member, 'phoneMasked', trail, () => 'never asked')).toBeNull();
  expect(trail.entries).toEqual([{ kind: 'DISCLOSURE', memberId: 'm-1', purpose: 'CHECK_IN', reference: '32-l', fields: ['name'] }]);
});

test('a masked field without a mask is not shown in clear', () => {
  expect(reveal(disclose(record, lookup, clerk, '31', memberFields, []), 'name', newTrail(), (m) => m.name)).toBeNull();
});

test('what the record does not hold is no disclosure', () => {
  const trail = newTrail();
  const own = disclose(record, { kind: 'DIRECT' }, { ...clerk, province: '31', organization: '31-branch' }, '31', memberFields, []);
  expect(reveal(own, 'joinedOn', trail, (m) => m.joinedOn)).toBeNull();
  expect(reveal(own, 'probationary', trail, (m) => m.probationary)).toBe(false);
  expect(trail.entries.map(({ fields, purpose, reference }) => [fields, purpose, reference])).toEqual([[['probationary'], 'OWN_WORK', null]]);
});

test('a field that the policy never heard of is not shown', () => {
  expect(reveal(disclose(record, lookup, clerk, '31', memberFields, []), 'dataKey', newTrail(), () => 'secret')).toBeNull();
});

test.each([
  ['nobody', null, { kind: 'DIRECT' }], ['another province\'s clerk without a lookup', clerk, { kind: 'DIRECT' }],
  ['a dashboard', { ...clerk, role: 'dashboard' }, lookup], ['a clerk with a purpose that is none', clerk, { ...lookup, purpose: 'CURIOSITY' }],
] as [string, Viewer | null, Why][])('to %s the record is not disclosed at all', (_, viewer, why) => {
  expect(() => disclose(record, why, viewer, '31', memberFields, [])).toThrow(expect.objectContaining({ code: 'NOT_DISCLOSED' }));
});
