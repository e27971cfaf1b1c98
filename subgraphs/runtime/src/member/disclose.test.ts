import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { policyOf, type Why } from '../access/index.js';
import { AuditTrail, type AuditEntry } from '../audit/index.js';
import { disclose, reveal, type DisclosedMember } from './disclose.js';
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
const policy = policyOf([], []);
const disclosed = (why: Why, viewer: Viewer | null = clerk): DisclosedMember => disclose({ policy, viewer, province: '31' }, record, why)!;
const newTrail = (): ReadableTrail => new ReadableTrail({ requestId: 'r', viewer: clerk });

test('a lookup shows the masked name, withholds the phone, and notes only what it showed', () => {
  const trail = newTrail();
  const member = disclosed(lookup);
  expect(reveal(member, 'name', trail, (m) => m.name, () => '王*')).toBe('王*');
  expect(reveal(member, 'phoneMasked', trail, () => 'never asked')).toBeNull();
  expect(trail.entries).toEqual([{ kind: 'DISCLOSURE', memberId: 'm-1', purpose: 'CHECK_IN', reference: '32-l', fields: ['name'] }]);
});

test('a masked field without a mask is not shown in clear', () => {
  expect(reveal(disclosed(lookup), 'name', newTrail(), (m) => m.name)).toBeNull();
});

test('what the record does not hold is no disclosure', () => {
  const trail = newTrail();
  const own = disclosed({ kind: 'DIRECT' }, { ...clerk, province: '31', organization: '31-branch' });
  expect(reveal(own, 'joinedOn', trail, (m) => m.joinedOn)).toBeNull();
  expect(reveal(own, 'probationary', trail, (m) => m.probationary)).toBe(false);
  expect(trail.entries.map(({ fields, purpose, reference }) => [fields, purpose, reference])).toEqual([[['probationary'], 'OWN_WORK', null]]);
});

test('a telephone is shown once it was revealed in a case, and only then', () => {
  const service = { ...lookup, purpose: 'MEMBER_SERVICE', inCase: true } as const;
  const shown = (why: Why): unknown => reveal(disclosed(why), 'phone', newTrail(), () => '11000000000');
  expect(shown({ ...service, reveal: ['phone'] })).toBe('11000000000');
  expect(shown({ ...service, reveal: ['name'] })).toBeNull();
  expect(disclosed(service).decisions.get('phone')).toEqual({ withhold: 'NEEDS_REVEAL' });
  expect(disclose({ policy, viewer: clerk, province: '31' }, record, { ...service, inCase: false, reveal: ['phone'] })).toBeNull();
});

test('a field that the policy never heard of is not shown', () => {
  expect(reveal(disclosed(lookup), 'dataKey', newTrail(), () => 'secret')).toBeNull();
});

test.each([
  ['nobody', null, { kind: 'DIRECT' }], ['another province\'s clerk without a lookup', clerk, { kind: 'DIRECT' }],
  ['a dashboard', { ...clerk, role: 'dashboard' }, lookup], ['a clerk with a purpose that is none', clerk, { ...lookup, purpose: 'CURIOSITY' }],
] as [string, Viewer | null, Why][])('to %s the record is not disclosed at all', (_, viewer, why) => {
  expect(disclose({ policy, viewer, province: '31' }, record, why)).toBeNull();
});
