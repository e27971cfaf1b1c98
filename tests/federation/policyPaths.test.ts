import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { signCapability, type Why } from '@delta/runtime/access/index';
import { provinceBySlug } from '@delta/schema/provinces';
import type { Role, Viewer } from '@delta/schema/viewer';
import { signContext } from '@delta/service/context';
import { loadSigner, type Signer } from '@delta/service/keys';
import { drawsOf, randomSelection, type Draws, type MemberSelection } from '../support/memberSelection.js';
import { policyFields, writtenPolicy, type WrittenStanding } from '../support/policyTable.js';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
let signers: { zone: Signer; gateway: Signer };
beforeAll(async () => {
  zone = await startTestZone({ members: 60 });
  const keys = keyFiles(zone.home);
  signers = { zone: await loadSigner(keys.signing('zone')), gateway: await loadSigner(keys.signing('gateway')) };
});
afterAll(async () => { await zone?.close(); });

interface Person { readonly owner: string; readonly id: string; readonly name: string; readonly idNumber: string; readonly phone: string; readonly inScope: boolean }
interface Asker { readonly role: Role | null; readonly province: string; readonly subject: string; readonly member?: string }
type Leaves = Record<string, unknown>;
interface Outcome { readonly members: readonly (Leaves | null)[]; readonly text: string; readonly codes: readonly string[] }

const purposes = ['CHECK_IN', 'AFFILIATION_TRANSFER', 'ACTIVITY_ADMISSION', 'MEMBER_SERVICE'];
const key = (): string => randomUUID();

const persons = (): Person[] => (['shanghai', 'anhui'] as const).flatMap((owner) => zone.anchors(owner).people.map((person, i): Person =>
  ({ owner, id: person.id, name: person.name, idNumber: person.idNumber, phone: person.phone, inScope: owner === 'shanghai' && i < 2 })));

function randomAsker(draws: Draws, round: number): Asker {
  const role = draws.one(['station_clerk', 'station_clerk', 'branch_secretary', 'branch_secretary', 'organization_administrator', 'grid_worker', 'province_auditor', 'member', null] as const);
  const province = draws.one(['shanghai', 'shanghai', 'anhui']);
  return { role, province, subject: `round-${round}`, ...(role === 'member' ? { member: zone.anchors(province).people[0].id } : {}) };
}

/** How the asker stands to the person by the records, told from the test's own knowledge of the anchors. */
function standings(asker: Asker, person: Person): WrittenStanding[] {
  if (asker.role === 'member') return asker.member === person.id ? [{ relation: 'SELF', purpose: 'OWN_RECORD' }] : [];
  const atHome = person.owner === 'anhui' ? zone.anchors('anhui').people.findIndex(({ id }) => id === person.id) < 2 : person.inScope;
  return asker.province === person.owner && atHome ? [{ relation: 'OWN_SCOPE', purpose: 'OWN_WORK' }] : [];
}

const tokenOf = async ({ role, province, subject }: Asker): Promise<string | null> => (role === null ? null : zone.token({ role, province, subject }));

async function throughGateway(asker: Asker, selection: MemberSelection, operation: string, variables: object, pick: (data: never) => unknown): Promise<Outcome> {
  const { data, errors, text } = await zone.ask<never>(`${operation.replace('SELECTION', selection.text)} ${selection.fragments}`, variables, await tokenOf(asker));
  const picked = data ? pick(data) : null;
  return { members: (Array.isArray(picked) ? picked : [picked ?? null]) as (Leaves | null)[], text, codes: (errors ?? []).map((error) => error.extensions.code) };
}

/** Straight at the owner, as a gateway that is not ours would. */
async function entities(asker: Asker, person: Person, selection: MemberSelection, representation: { id: string } | { why: Why }): Promise<Outcome> {
  const token = await tokenOf(asker);
  const issuer = asker.role === null ? '' : (JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()) as { iss: string; organization?: string });
  const viewer: Viewer | null = asker.role === null || issuer === '' ? null : {
    issuer: issuer.iss, subject: asker.subject, role: asker.role, province: provinceBySlug(asker.province)!.code, organization: issuer.organization ?? null, member: asker.member ?? null,
  };
  const requestId = randomUUID();
  const typename = `${provinceBySlug(person.owner)!.prefix}Member`;
  const by = 'id' in representation ? representation : { via: await signCapability(signers.zone, person.owner, { memberId: person.id, why: representation.why }, { viewer, requestId }) };
  const body = JSON.stringify({
    query: `query($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${selection.text} } } } ${selection.fragments}`,
    variables: { r: [{ __typename: typename, ...by }] },
  });
  const context = await signContext(signers.gateway, { audience: person.owner, viewer, requestId, body });
  const response = await fetch(new URL('/graphql', zone.urls[person.owner]), {
    method: 'POST', body, headers: { 'content-type': 'application/json', 'x-delta-context': context, ...(token && asker.province === person.owner ? { authorization: `Bearer ${token}` } : {}) },
  });
  const text = await response.text();
  const answer = JSON.parse(text) as { data?: { _entities: (Leaves | null)[] } | null; errors?: { extensions: { code: string } }[] };
  return { members: answer.data?._entities ?? [null], text, codes: (answer.errors ?? []).map((error) => error.extensions.code) };
}

/** A lookup in the asker's province, in a case where the purpose needs one, and then perhaps a reveal. */
async function lookup(asker: Asker, person: Person, selection: MemberSelection, purpose: string, revealed: readonly string[]): Promise<Outcome> {
  const token = await tokenOf(asker);
  const inCase = purpose === 'AFFILIATION_TRANSFER' || purpose === 'MEMBER_SERVICE';
  const { province } = asker;
  const opened = inCase ? await zone.ask<Record<string, { openCase: { case: { id: string } } } | null>>(
    `mutation($input: OpenCaseInput!) { ${province} { openCase(input: $input) { case { id } } } }`, { input: { idNumber: person.idNumber, purpose, clientKey: key() } }, token) : null;
  const caseId = opened?.data?.[province]?.openCase?.case.id;
  const input = { idNumber: person.idNumber, purpose, clientKey: key(), ...(caseId ? { caseId } : {}) };
  const open = `mutation($input: OpenLookupInput!) { ${province} { openLookup(input: $input) { lookup { id member { SELECTION } } } } }`;
  type Looked = Record<string, { openLookup: { lookup: { id: string; member: Leaves | null } } } | null>;
  if (revealed.length === 0) return throughGateway(asker, selection, open, { input }, (data: Looked) => data[province]?.openLookup?.lookup.member);
  const first = await zone.ask<Looked>(open.replace('SELECTION', '__typename'), { input }, token);
  return throughGateway(asker, selection, `mutation($input: RevealMemberInput!) { ${province} { revealMember(input: $input) { lookup { member { SELECTION } } } } }`,
    { input: { lookupId: first.data?.[province]?.openLookup?.lookup.id ?? '31-00000000-0000-7000-8000-000000000000', fields: revealed.map((field) => field.toUpperCase()), reason: 'CONTACT_MEMBER', clientKey: key() } },
    (data: Record<string, { revealMember: { lookup: { member: Leaves | null } } } | null>) => data[province]?.revealMember?.lookup.member);
}

interface Path { readonly outcome: Outcome; readonly standings: readonly WrittenStanding[]; readonly person?: Person }

async function randomPath(draws: Draws, asker: Asker, selection: (types: string[]) => MemberSelection): Promise<Path> {
  const person = draws.one(persons());
  const own = standings(asker, person);
  const type = `${provinceBySlug(person.owner)!.prefix}Member`;
  switch (draws.one([0, 1, 2, 3, 3, 3, 4, 5, 5])) {
    case 0:
      return { person, standings: own, outcome: await throughGateway(asker, selection(['Member', type]), 'query($id: ID!) { member(id: $id) { SELECTION } }', { id: person.id }, (data: { member: Leaves | null }) => data.member) };
    case 1: {
      const self = persons().find(({ id }) => id === asker.member);
      return {
        ...(self ? { person: self } : {}), standings: self ? standings(asker, self) : [],
        outcome: await throughGateway(asker, selection(['Member', 'AnhuiMember', 'ShanghaiMember']), '{ viewer { member { SELECTION } } }', {}, (data: { viewer: { member: Leaves | null } | null }) => data.viewer?.member),
      };
    }
    case 2:
      return {
        standings: asker.province === 'shanghai' && asker.role !== 'member' ? [{ relation: 'OWN_SCOPE', purpose: 'OWN_WORK' }] : [],
        outcome: await throughGateway(asker, selection(['Member', 'ShanghaiMember']), draws.chance(0.5) ? '{ p: shanghai { members(first: 3) { edges { node { SELECTION } } } } }' : '{ p: province(code: "31") { members(first: 3) { edges { node { SELECTION } } } } }',
          {}, (data: { p: { members: { edges: { node: Leaves }[] } | null } | null }) => data.p?.members?.edges.map(({ node }) => node)),
      };
    case 3: {
      const purpose = draws.one(purposes);
      const revealed = draws.chance(0.3) ? draws.one([['phone'], ['name'], ['name', 'phone']]) : [];
      const outcome = await lookup(asker, person, selection(['Member', type]), purpose, revealed);
      return { person, outcome, standings: [...own, { relation: 'LOOKUP', purpose, inCase: purpose !== 'CHECK_IN' && purpose !== 'ACTIVITY_ADMISSION', revealed }] };
    }
    case 4:
      return { person, standings: own, outcome: await entities(asker, person, selection([type]), { id: person.id }) };
    default: {
      const purpose = draws.one([...purposes, 'CURIOSITY']);
      const inCase = draws.chance(0.5);
      const why: Why = draws.chance(0.3) ? { kind: 'DIRECT' } : { kind: 'LOOKUP', purpose, lookupId: `31-${randomUUID()}`, inCase, reveal: ['phone', 'name', 'accessLog'] };
      const outcome = await entities(asker, person, selection([type]), { why });
      return { person, outcome, standings: why.kind === 'DIRECT' ? own : [...own, { relation: 'LOOKUP', purpose, inCase, revealed: inCase ? why.reveal : [] }] };
    }
  }
}

describe('whatever document, by whatever path', () => {
  const rounds = 144;
  const tally = { shown: 0, masked: 0, withheld: 0, refused: 0 };

  it.each(Array.from({ length: 12 }, (_, i) => i))('a field that the policy withholds never comes, and what comes is recorded (seed %i)', async (seed) => {
    const draws = drawsOf(20_261 + seed);
    for (let round = 0; round < rounds / 12; round += 1) {
      const asker = randomAsker(draws, seed * 1000 + round);
      let selection: MemberSelection | undefined;
      const { outcome, standings: held, person } = await randomPath(draws, asker, (types) => (selection = randomSelection(draws, [...policyFields, 'name', 'name', 'phone'], types)));
      const allowed = writtenPolicy(asker.role, ...held);
      const about = { asker, held, asked: selection!.text, fragments: selection!.fragments, answer: outcome.text.slice(0, 600) };
      expect({ about, codes: outcome.codes.filter((code) => ['INTERNAL', 'DOCUMENT_INVALID', 'PROVINCE_UNAVAILABLE', 'PROVINCE_ANSWER_INVALID'].includes(code)) }).toEqual({ about, codes: [] });
      const came = new Set<string>();
      for (const member of outcome.members) {
        if (member === null) { tally.refused += 1; continue; }
        for (const [under, field] of selection!.asked) {
          const value = member[under] ?? null;
          if (value === null) { tally.withheld += 1; continue; }
          came.add(field);
          tally[allowed[field] === 'MASKED' ? 'masked' : 'shown'] += 1;
          expect({ about, field, allowed: allowed[field] !== undefined }).toEqual({ about, field, allowed: true });
          if (field === 'name') expect({ about, masked: /^.{1,2}\*$/.test(value as string) }).toEqual({ about, masked: allowed['name'] === 'MASKED' });
        }
      }
      if (person) {
        expect({ about, leaked: outcome.text.includes(person.idNumber) }).toEqual({ about, leaked: false });
        if (allowed['name'] !== 'CLEAR') expect({ about, leaked: outcome.text.includes(person.name) }).toEqual({ about, leaked: false });
        if (allowed['phone'] !== 'CLEAR') expect({ about, leaked: outcome.text.includes(person.phone) }).toEqual({ about, leaked: false });
        if (Object.keys(allowed).length === 0) expect({ about, came: [...came] }).toEqual({ about, came: [] });
      }
      const owner = person?.owner ?? 'shanghai';
      const rows = await zone.rows<{ fields: string[] }>(owner, `select fields from audit_entry where kind = 'DISCLOSURE' and viewer_subject = $1`, [asker.subject]);
      expect({ about, recorded: [...new Set(rows.flatMap(({ fields }) => fields))].sort() }).toEqual({ about, recorded: [...came].sort() });
    }
  });

  it('was asked for enough of everything: shown, masked, withheld and refused', () => {
    for (const [what, count] of Object.entries(tally)) expect(`${what}: ${count >= 10 ? 'enough' : count}`).toBe(`${what}: enough`);
  });
});
