import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone?.close(); });

const key = (): string => crypto.randomUUID();
const input = (slug: string, person: 0 | 1 | 2, purpose = 'CHECK_IN', clientKey = key()) =>
  ({ input: { idNumber: zone.anchors(slug).people[person].idNumber, purpose, clientKey } });

interface AuditRow { kind: string; member_id: string | null; viewer_province: string; viewer_organization: string; purpose: string; reference: string; fields: string[]; request_id: string }
const audit = (owner: string, reference: string): Promise<AuditRow[]> =>
  zone.rows<AuditRow>(owner, 'select * from audit_entry where reference = $1', [reference]);

describe('a lookup across provinces', () => {
  it('shows a clerk of Shanghai what Anhui opens for a check-in, and no more', async () => {
    const person = zone.anchors('anhui').people[0];
    const answer = await zone.ask(lookupDocument, input('anhui', 0), await zone.token());
    expect(answer.errors).toBeUndefined();
    const { member } = answer.data.shanghai.openLookup.lookup;
    expect(member).toMatchObject({
      __typename: 'AnhuiMember', id: person.id, name: `${person.name[0]}*`, gender: person.gender, joinedOn: null, phoneMasked: null,
      idNumberMasked: `**************${person.idNumber.slice(-4)}`, province: { code: '34', name: '安徽省' },
    });
    expect(member!.homeOrganization?.id).toBe(person.homeOrganizationId);
    expect(member!.withheld).toEqual([
      { field: 'joinedOn', reason: 'PURPOSE' }, { field: 'phoneMasked', reason: 'PURPOSE' }, { field: 'phone', reason: 'PURPOSE' }, { field: 'accessLog', reason: 'ROLE' }, { field: 'passes', reason: 'ROLE' },
    ]);
    for (const secret of [person.name, person.idNumber, person.phone]) expect(answer.text).not.toContain(secret);
  });

  it('leaves one audit row in the asking province, the zone and the owner, of one request, with the fields that were disclosed', async () => {
    const answer = await zone.ask(lookupDocument, input('anhui', 1), await zone.token());
    const { id, member } = answer.data.shanghai.openLookup.lookup;
    const [asking, directory, owner] = await Promise.all([audit('shanghai', id), audit('zone', id), audit('anhui', id)]);
    expect(asking).toMatchObject([{ kind: 'LOOKUP', purpose: 'CHECK_IN', viewer_province: '31', member_id: null }]);
    expect(directory).toMatchObject([{ kind: 'EXISTENCE', purpose: 'CHECK_IN', viewer_province: '31', member_id: member!.id }]);
    expect(owner).toMatchObject([{ kind: 'DISCLOSURE', purpose: 'CHECK_IN', viewer_province: '31', member_id: member!.id, viewer_organization: zone.anchors('shanghai').clerkOrganizationId }]);
    expect(owner[0]!.fields).toEqual(['affiliation', 'gender', 'homeOrganization', 'id', 'idNumberMasked', 'name', 'probationary', 'province']);
    expect(new Set([asking, directory, owner].map((rows) => rows[0]!.request_id)).size).toBe(1);
  });

  it('records only the fields that were asked for', async () => {
    const answer = await zone.ask('mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id member { name } } } } }', input('anhui', 0), await zone.token());
    expect((await audit('anhui', answer.data.shanghai.openLookup.lookup.id))[0]!.fields).toEqual(['name']);
  });

  it('opens other fields for another purpose', async () => {
    const answer = await zone.ask(lookupDocument, input('anhui', 0, 'ACTIVITY_ADMISSION'), await zone.token());
    const { member } = answer.data.shanghai.openLookup.lookup;
    expect(member).toMatchObject({ __typename: 'AnhuiMember', name: `${zone.anchors('anhui').people[0].name[0]}*`, idNumberMasked: null, homeOrganization: null });
  });

  it('answers null for a person whom nobody keeps, and records the act all the same', async () => {
    const unknown = '349999194501010019';
    const idNumber = [...'0123456789X'].map((last) => unknown.slice(0, 17) + last);
    const tried = await Promise.all(idNumber.map(async (number) => zone.ask(lookupDocument, { input: { idNumber: number, purpose: 'CHECK_IN', clientKey: key() } }, await zone.token())));
    const valid = tried.filter((answer) => answer.errors === undefined);
    expect(valid).toHaveLength(1);
    const { id, member } = valid[0]!.data.shanghai.openLookup.lookup;
    expect(member).toBeNull();
    expect(await audit('shanghai', id)).toHaveLength(1);
    expect(await audit('zone', id)).toMatchObject([{ kind: 'EXISTENCE', member_id: null }]);
  });

  it('finds a member of the asking province itself, with the clerk\'s own scope', async () => {
    const answer = await zone.ask(lookupDocument, input('shanghai', 0), await zone.token());
    expect(answer.data.shanghai.openLookup.lookup.member).toMatchObject({ __typename: 'ShanghaiMember', name: zone.anchors('shanghai').people[0].name, withheld: [{ field: 'phone', reason: 'PURPOSE' }, { field: 'accessLog', reason: 'ROLE' }, { field: 'passes', reason: 'ROLE' }] });
  });

  it('costs at most three statements in the asking province, two in the zone and three in the owner', async () => {
    const token = await zone.token();
    zone.statements();
    await zone.ask(lookupDocument, input('anhui', 0), token);
    const { shanghai, zone: directory, anhui, ...others } = zone.statements();
    expect(others).toEqual({});
    expect(shanghai!.length).toBeLessThanOrEqual(3);
    expect(directory!.length).toBeLessThanOrEqual(2);
    expect(anhui!.length).toBeLessThanOrEqual(3);
  });

  it('repeats the same act for the same client key, once recorded', async () => {
    const token = await zone.token();
    const same = input('anhui', 0);
    const [first, second] = await Promise.all([zone.ask(lookupDocument, same, token), zone.ask(lookupDocument, same, token)]);
    const id = first.data.shanghai.openLookup.lookup.id;
    expect(second.data.shanghai.openLookup.lookup.id).toBe(id);
    expect(await audit('shanghai', id)).toHaveLength(1);
    const other = await zone.ask(lookupDocument, { input: { ...input('anhui', 1).input, clientKey: same.input.clientKey } }, token);
    expect(other.errors?.[0]?.extensions.code).toBe('CLIENT_KEY_REUSED');
  });

  it('puts no number or name of a person into any audit row or into the directory', async () => {
    const person = zone.anchors('anhui').people[0];
    for (const owner of ['shanghai', 'zone', 'anhui']) {
      const text = JSON.stringify(await zone.rows(owner, 'select * from audit_entry'));
      for (const secret of [person.name, person.idNumber, person.phone]) expect(text).not.toContain(secret);
    }
    const directory = JSON.stringify(await zone.rows('zone', 'select * from directory_entry'));
    expect(directory).toContain(person.id);
    expect(directory).not.toContain(person.idNumber);
  });
});
