import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestZone, type MemberData, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 400 }); });
afterAll(async () => { await zone?.close(); });

interface Page<Node> { readonly edges: readonly { readonly cursor: string; readonly node: Node }[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } }
interface OrganizationData { readonly id: string; readonly name: string; readonly divisionCode: string; readonly acceptsMobileMembers: boolean; readonly memberCount: number | null }

describe('a province\'s own work', () => {
  it('lists the members of the clerk\'s own organisation and those below it, and no others', async () => {
    const members = `query($after: String) { shanghai { members(first: 100, after: $after) { edges { cursor node { id name phoneMasked homeOrganization { id name } withheld { field } } } pageInfo { hasNextPage endCursor } } } }`;
    const { data, errors, text } = await zone.ask<{ shanghai: { members: Page<MemberData> } }>(members, {}, await zone.token());
    expect(errors).toBeUndefined();
    const anchors = zone.anchors('shanghai');
    const ids = data.shanghai.members.edges.map(({ node }) => node.id);
    expect(ids).toContain(anchors.people[0].id);
    expect(ids).toContain(anchors.people[1].id);
    expect(ids).not.toContain(anchors.people[2].id);
    expect(text).not.toContain(anchors.people[0].idNumber);
    const within = await zone.rows<{ id: string }>('shanghai', 'select id from organization where path @> array[$1]', [anchors.clerkOrganizationId]);
    const scope = new Set(within.map(({ id }) => id));
    for (const { node } of data.shanghai.members.edges) expect(scope.has(node.homeOrganization!.id)).toBe(true);
  });

  it('records one disclosure a member listed', async () => {
    const answer = await zone.ask<{ shanghai: { members: Page<MemberData> } }>('{ shanghai { members(first: 2) { edges { node { id name } } } } }', {}, await zone.token({ subject: 'lister' }));
    const rows = await zone.rows<{ member_id: string; fields: string[]; purpose: string }>('shanghai', `select member_id, fields, purpose from audit_entry where viewer_subject = 'lister'`);
    expect(rows.map((row) => row.member_id).sort()).toEqual(answer.data.shanghai.members.edges.map(({ node }) => node.id).sort());
    for (const row of rows) expect(row).toMatchObject({ fields: ['id', 'name'], purpose: 'OWN_WORK' });
  });

  it('refuses the list to a clerk of another province, to members and to anonymous visitors', async () => {
    const list = '{ shanghai { members(first: 5) { edges { node { id } } } } }';
    const codes = await Promise.all([zone.token({ province: 'jiangsu' }), zone.token({ role: 'member' }), null].map(async (token) =>
      (await zone.ask(list, {}, await token)).errors?.map((error) => error.extensions.code)));
    expect(codes).toEqual([['OUT_OF_SCOPE'], ['FORBIDDEN'], ['UNAUTHENTICATED']]);
  });

  it('shows a member the own record in clear', async () => {
    const person = zone.anchors('anhui').people[0];
    const { data, errors } = await zone.ask<{ viewer: { role: string; member: MemberData; province: { name: string } } }>(
      '{ viewer { role province { code name } member { id name phoneMasked withheld { field } } } }', {}, await zone.token({ province: 'anhui', role: 'member' }));
    expect(errors).toBeUndefined();
    expect(data.viewer).toMatchObject({ role: 'MEMBER', province: { name: '安徽省' }, member: { id: person.id, name: person.name, withheld: [] } });
  });

  it('answers a member\'s id alike, whether it is nobody\'s, another province\'s or out of scope, and asks the directory about none', async () => {
    const document = 'query($id: ID!) { member(id: $id) { id name } }';
    const token = await zone.token();
    const ids = ['01890000-0000-7000-8000-000000000001', zone.anchors('anhui').people[0].id, zone.anchors('shanghai').people[2].id];
    const answers = [];
    for (const id of ids) {
      zone.statements();
      const { data, errors } = await zone.ask<{ member: null }>(document, { id }, token);
      const named = (owner: string[] = []): string[] => owner.flatMap((sql) => /\/\* (\S+) \*\//.exec(sql)?.slice(1) ?? []);
      const statements = zone.statements();
      answers.push({ data, errors: errors?.map(({ message, path, extensions: { code, province } }) => ({ message, path, code, province })), zone: named(statements['zone']), shanghai: named(statements['shanghai']), asked: Object.keys(statements).sort() });
    }
    expect(answers[0]).toMatchObject({ data: { member: null }, errors: [{ code: 'NOT_DISCLOSED', province: 'shanghai' }] });
    expect(answers[0]!.zone).not.toContain('directory.findByIndex');
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    // The same document does show a member in scope.
    const seen = await zone.ask<{ member: MemberData }>(document, { id: zone.anchors('shanghai').people[0].id }, token);
    expect(seen.data.member.name).toBe(zone.anchors('shanghai').people[0].name);
    expect(await zone.rows('zone', `select 1 from audit_entry where kind = 'EXISTENCE' and viewer_subject = 'station_clerk-1'`)).toEqual([]);
  });

  it('records whom a refusal was about', async () => {
    const id = zone.anchors('shanghai').people[2].id;
    await zone.ask('query($id: ID!) { member(id: $id) { id } }', { id }, await zone.token({ subject: 'curious' }));
    expect(await zone.rows('shanghai', `select kind, member_id, reason, fields from audit_entry where viewer_subject = 'curious'`))
      .toEqual([{ kind: 'REFUSAL', member_id: id, reason: 'NOT_DISCLOSED', fields: [] }]);
  });

  it('gives an administrator the list without telephone numbers, and a grid worker, an auditor and a dashboard nothing', async () => {
    const list = '{ shanghai { members(first: 1) { edges { node { name phone phoneMasked withheld { field reason } } } } } }';
    const asked = async (role: 'organization_administrator' | 'grid_worker' | 'province_auditor' | 'branch_secretary') =>
      zone.ask<{ shanghai: { members: Page<{ name: string; phone: string | null; phoneMasked: string; withheld: unknown[] }> | null } }>(list, {}, await zone.token({ role }));
    const [administrator, secretary] = await Promise.all([asked('organization_administrator'), asked('branch_secretary')]);
    expect(administrator.data.shanghai.members!.edges[0]!.node).toMatchObject({ phone: null, phoneMasked: expect.stringMatching(/^\*{7}/), withheld: [{ field: 'phone', reason: 'ROLE' }, { field: 'accessLog', reason: 'ROLE' }] });
    expect(secretary.data.shanghai.members!.edges[0]!.node.phone).toMatch(/^1[012][0-9]{9}$/);
    for (const role of ['grid_worker', 'province_auditor'] as const) expect((await asked(role)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('gives Zhejiang\'s own field to Zhejiang\'s own viewers', async () => {
    const { data } = await zone.ask<{ zhejiang: { members: Page<{ pioneerCode: string }> } }>('{ zhejiang { members(first: 1) { edges { node { ... on ZhejiangMember { pioneerCode } } } } } }', {}, await zone.token({ province: 'zhejiang' }));
    expect(data.zhejiang.members.edges[0]!.node.pioneerCode).toMatch(/^ZJ-/);
  });
});

describe('the branch finder', () => {
  const finder = `query($first: Int!, $after: String, $filter: OrganizationFilter) { province(code: "31") { organizations(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id name divisionCode acceptsMobileMembers memberCount } } pageInfo { hasNextPage endCursor } } } }`;
  type Found = { province: { organizations: Page<OrganizationData> } };

  it('finds branches of Qingpu that take in mobile members, for anonymous visitors', async () => {
    const { data, errors } = await zone.ask<Found>(finder, { first: 20, filter: { acceptsMobileMembers: true, divisionCode: '310118', text: '青浦' } });
    expect(errors).toBeUndefined();
    expect(data.province.organizations.edges.length).toBeGreaterThan(0);
    for (const { node } of data.province.organizations.edges) {
      expect(node.acceptsMobileMembers).toBe(true);
      expect(node.divisionCode).toMatch(/^310118/);
    }
  });

  it('pages through every organisation exactly once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data }: { data: Found } = await zone.ask<Found>(finder, { first: 100, after, filter: { divisionCode: '310118' } });
      seen.push(...data.province.organizations.edges.map(({ node }) => node.id));
      after = data.province.organizations.pageInfo.hasNextPage ? data.province.organizations.pageInfo.endCursor : null;
    } while (after !== null);
    const all = await zone.rows<{ id: string }>('shanghai', `select id from organization where division_code like '310118%' order by id`);
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('publishes no count under five', async () => {
    const { data } = await zone.ask<Found>(finder, { first: 100, filter: { divisionCode: '310118' } });
    const counts = await zone.rows<{ id: string; n: number }>('shanghai', 'select home_organization_id as id, count(*)::int as n from member group by 1');
    const truth = new Map(counts.map(({ id, n }) => [id, n]));
    for (const { node } of data.province.organizations.edges) {
      const n = truth.get(node.id) ?? 0;
      expect(node.memberCount).toBe(n < 5 ? null : n);
    }
    expect(counts.some(({ n }) => n < 5)).toBe(true);
  });

  it('costs at most four statements for fifty organisations with parents, children and counts', async () => {
    const page = (first: number): string => `{ shanghai { organizations(first: ${first}) { edges { node { name memberCount parent { name parent { name } } children(first: 5) { edges { node { name } } } } } } } }`;
    zone.statements();
    const fifty = await zone.ask<unknown>(page(50).replace(' parent { name } }', ' }'));
    expect(fifty.errors).toBeUndefined();
    const many = zone.statements()['shanghai']!.length;
    expect(many).toBeLessThanOrEqual(4);
    await zone.ask<unknown>(page(2).replace(' parent { name } }', ' }'));
    expect(zone.statements()['shanghai']!.length).toBe(many);
  });
});

describe('stations', () => {
  it('lists stations with hours, roster by office and division', async () => {
    const { data, errors } = await zone.ask<{ shanghai: { stations: Page<{ id: string; division: { fullName: string }; hours: unknown[] }> } }>(
      '{ shanghai { stations(first: 5, filter: { divisionCode: "310118" }) { edges { node { id name tier address division { code fullName } hours { weekday opens closes } dutyRoster { weekday office } hotline amenities organization { name } } } } } }');
    expect(errors).toBeUndefined();
    expect(data.shanghai.stations.edges[0]!.node.division.fullName).toContain('上海市青浦区');
  });

  it('lets a clerk change the hours of a station of the own scope, and nobody else', async () => {
    const change = `mutation($input: UpdateStationHoursInput!) { shanghai { updateStationHours(input: $input) { station { id hours { weekday opens closes } } } } }`;
    const { stationId } = zone.anchors('shanghai');
    const hours = [{ weekday: 6, opens: '09:00', closes: '12:00' }];
    const { data, errors } = await zone.ask<{ shanghai: { updateStationHours: { station: { hours: unknown } } } }>(change, { input: { stationId, hours } }, await zone.token());
    expect(errors).toBeUndefined();
    expect(data.shanghai.updateStationHours.station.hours).toEqual(hours);

    const elsewhere = zone.anchors('shanghai').people[2].homeOrganizationId;
    const refused = await Promise.all([
      zone.ask<unknown>(change, { input: { stationId, hours: [] } }, await zone.token({ organization: elsewhere })),
      zone.ask<unknown>(change, { input: { stationId, hours: [] } }, await zone.token({ province: 'jiangsu' })),
      zone.ask<unknown>(change, { input: { stationId, hours: [{ weekday: 8, opens: '09:00', closes: '08:00' }] } }, await zone.token()),
      zone.ask<unknown>(change, { input: { stationId, hours: [] } }),
    ]);
    expect(refused.map((answer) => answer.errors?.[0]?.extensions.code)).toEqual(['OUT_OF_SCOPE', 'OUT_OF_SCOPE', 'STATION_HOURS_INVALID', 'UNAUTHENTICATED']);
    expect(await zone.rows('shanghai', 'select hours from service_station where id = $1', [stationId])).toEqual([{ hours }]);
  });
});
