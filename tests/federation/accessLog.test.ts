import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { askSubgraph } from '@delta/local/askSubgraph';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone?.close(); });

interface Look {
  readonly id: string; readonly at: string; readonly outcome: string; readonly role: string | null; readonly purpose: string | null; readonly fields: readonly string[] | null;
  readonly recordedBy: string; readonly province: { readonly code: string; readonly name: string } | null; readonly organization: { readonly name: string } | null;
}
interface Log { readonly edges: readonly { readonly cursor: string; readonly node: Look }[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } }
interface Own { readonly viewer: { readonly member: { readonly accessLog: Log | null } } }

const ownLog = `query($first: Int!, $after: String) { viewer { member { accessLog(first: $first, after: $after) {
  edges { cursor node { id at outcome role purpose fields recordedBy province { code name } organization { name } } } pageInfo { hasNextPage endCursor } } } } }`;
const lookFrom = (slug: string): string => `mutation($input: OpenLookupInput!) { ${slug} { openLookup(input: $input) { lookup { id member { id name affiliation } } } } }`;

const memberToken = (person: 0 | 1 | 2): Promise<string> => zone.token({ province: 'anhui', role: 'member', member: zone.anchors('anhui').people[person].id, subject: `member-${person}` });
const readLog = async (token: string, page: object = { first: 100 }): Promise<Log> => {
  const { data, errors } = await zone.ask<Own>(ownLog, page, token);
  expect(errors).toBeUndefined();
  return data.viewer.member.accessLog!;
};

/** A check-in of a person of Anhui at a province; the id of the lookup. */
async function look(slug: string, person: 0 | 1 | 2): Promise<string> {
  const input = { idNumber: zone.anchors('anhui').people[person].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() };
  const { data, errors } = await zone.ask<Record<string, { openLookup: { lookup: { id: string } } }>>(lookFrom(slug), { input }, await zone.token({ province: slug, subject: `clerk-of-${slug}` }));
  expect(errors).toBeUndefined();
  return data[slug]!.openLookup.lookup.id;
}

/** The log once it holds so many entries: the zone's come by the exchange, a moment later. */
async function logOf(token: string, entries: number): Promise<Look[]> {
  for (let tries = 0; ; tries += 1) {
    const { edges } = await readLog(token);
    if (edges.length >= entries || tries > 60) return edges.map(({ node }) => node);
    await delay(250);
  }
}

const hosts = { shanghai: '31', jiangsu: '32', zhejiang: '33' };

describe('a member\'s access log', () => {
  let lookups: string[];
  beforeAll(async () => {
    lookups = [];
    for (const slug of Object.keys(hosts)) lookups.push(await look(slug, 0));
  });

  it('shows who looked from three provinces, for what, which fields; by the owner\'s record and by the zone\'s', async () => {
    const looks = await logOf(await memberToken(0), 6);
    const offices = await Promise.all(Object.keys(hosts).map(async (slug) =>
      (await zone.rows<{ name: string }>(slug, 'select name from organization where id = $1', [zone.anchors(slug).clerkOrganizationId]))[0]!.name));
    const expected = Object.values(hosts).map((code, i) => ({ role: 'STATION_CLERK', purpose: 'CHECK_IN', province: expect.objectContaining({ code }), organization: { name: offices[i] } }));
    const by = (recorder: string): Look[] => looks.filter(({ recordedBy }) => recordedBy === recorder).reverse();
    expect(by('34')).toMatchObject(expected.map((entry) => ({ ...entry, outcome: 'DISCLOSED', fields: ['affiliation', 'id', 'name'] })));
    expect(by('zone')).toMatchObject(expected.map((entry) => ({ ...entry, outcome: 'EXISTENCE', fields: [] })));
    expect(looks).toHaveLength(6);
    expect(looks.map(({ at }) => at)).toEqual(looks.map(({ at }) => at).sort().reverse());
  });

  it('says nothing of the lookup, of the one who looked, or of the member\'s own reading', async () => {
    const token = await memberToken(0);
    await logOf(token, 6);
    const { text } = await zone.ask(ownLog, { first: 100 }, token);
    for (const hidden of [...lookups, ...Object.keys(hosts).map((slug) => `clerk-of-${slug}`), 'member-0', '"MEMBER"']) expect(text).not.toContain(hidden);
    expect(await zone.rows('anhui', `select 1 from audit_entry where viewer_role = 'member' and 'accessLog' = any(fields)`)).not.toHaveLength(0);
  });

  it('is paged through newest first, each entry once', async () => {
    const token = await memberToken(0);
    const whole = (await logOf(token, 6)).map(({ id }) => id);
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { edges, pageInfo }: Log = await readLog(token, { first: 2, after });
      seen.push(...edges.map(({ node }) => node.id));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(seen).toEqual(whole);
  });

  it('costs as many statements for fifty entries as for one', async () => {
    const person = zone.anchors('anhui').people[2].id;
    await zone.rows('anhui', `insert into audit_entry (id, at, request_id, kind, member_id, viewer_role, viewer_province, viewer_organization, purpose, fields)
      select gen_random_uuid(), now() - i * interval '1 minute', 'r', 'DISCLOSURE', $1, 'station_clerk', '31', $2, 'CHECK_IN', '{id}' from generate_series(1, 60) i`,
    [person, zone.anchors('shanghai').clerkOrganizationId]);
    const token = await memberToken(2);
    const cost = async (first: number): Promise<Record<string, number>> => {
      zone.statements();
      expect((await readLog(token, { first })).edges).toHaveLength(first);
      return Object.fromEntries(Object.entries(zone.statements()).map(([owner, sent]) => [owner, sent.length]));
    };
    const fifty = await cost(50);
    // The member, the log and the audit of reading it; the organisations that looked.
    expect(fifty).toEqual({ anhui: 3, shanghai: 1 });
    expect(await cost(1)).toEqual(fifty);
  });

  it('is nobody else\'s: not a clerk\'s who sees the rest of the record, nor another member\'s', async () => {
    const log = `{ anhui { members(first: 100) { edges { node { id accessLog(first: 5) { edges { node { at } } } withheld { field reason } } } } } }`;
    const { data, errors } = await zone.ask<{ anhui: { members: { edges: { node: { id: string; accessLog: null; withheld: unknown[] } }[] } } }>(log, {}, await zone.token({ province: 'anhui' }));
    expect(errors).toBeUndefined();
    const own = data.anhui.members.edges.map(({ node }) => node).find(({ id }) => id === zone.anchors('anhui').people[0].id);
    expect(own).toMatchObject({ accessLog: null, withheld: expect.arrayContaining([{ field: 'accessLog', reason: 'ROLE' }]) });

    await logOf(await memberToken(0), 6);
    const { endCursor } = (await readLog(await memberToken(0), { first: 2 })).pageInfo;
    const other = await memberToken(1);
    expect((await readLog(other)).edges).toMatchObject([{ node: { purpose: 'OWN_WORK', organization: expect.anything() } }]);
    const foreign = await zone.ask<Own>(ownLog, { first: 2, after: endCursor }, other);
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'CURSOR_TAMPERED' } }]);
  });

  it('gives an entry by id to the member whose it is alone', async () => {
    const [{ id }] = (await readLog(await memberToken(0), { first: 1 })).edges.map(({ node }) => node) as [Look];
    const query = 'query($id: ID!) { _entities(representations: [{ __typename: "AnhuiAccessLogEntry", id: $id }]) { ... on AnhuiAccessLogEntry { at outcome } } }';
    const ask = async (token: Promise<string>) => askSubgraph(zone.home, { subgraph: 'anhui', url: new URL('/graphql', zone.urls['anhui']).href, query, variables: { id }, token: await token });
    expect(await ask(memberToken(0))).toMatchObject({ data: { _entities: [{ outcome: expect.any(String) }] } });
    for (const token of [memberToken(1), zone.token({ province: 'anhui' }), zone.token()]) {
      expect(await ask(token)).toMatchObject({ data: { _entities: [null] }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    }
  });
});
