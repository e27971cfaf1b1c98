import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { signCapability, type Why } from '@delta/runtime/access/index';
import { provinces } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import { signContext } from '@delta/service/context';
import { loadSigner, type Signer } from '@delta/service/keys';
import { createPassWorld, type PassWorld, type Phone } from '../support/passWorld.js';
import { lookupDocument, startTestZone, type MemberData, type TestZone } from '../support/zone.js';

let zone: TestZone;
let world: PassWorld;
let signers: { zone: Signer; gateway: Signer };
/** Whose passes are, by province: the owner's own register. */
const register = new Map<string, Map<string, { memberId: string; state: 'VALID' | 'REVOKED' }>>(provinces.map(({ slug }) => [slug, new Map()]));

beforeAll(async () => {
  world = await createPassWorld(['31', '32', '33', '34']);
  zone = await startTestZone({ judging: (slug) => ({ lists: world.lists, findPass: async (_db, passId) => register.get(slug)!.get(passId) }) });
  const keys = keyFiles(zone.home);
  signers = { zone: await loadSigner(keys.signing('zone')), gateway: await loadSigner(keys.signing('gateway')) };
});
afterAll(async () => { await zone?.close(); });

const key = (): string => randomUUID();
const station = (): string => zone.anchors('shanghai').stationId;

async function phoneOf(slug: string, person: 0 | 1 | 2): Promise<Phone> {
  const phone = await world.phone(provinces.find((entry) => entry.slug === slug)!.code);
  register.get(slug)!.set(phone.passId, { memberId: zone.anchors(slug).people[person].id, state: 'VALID' });
  return phone;
}

interface Refusal { readonly code: string; readonly number: number; readonly message: string; readonly messageZh: string; readonly clerk: string; readonly clerkZh: string }
interface Check { readonly id: string; readonly valid: boolean; readonly refusal: Refusal | null; readonly class: string | null; readonly issuer: string | null; readonly freshness: string | null; readonly maskedName: string | null }
interface Challenge { readonly id: string; readonly text: string; readonly expiresAt: string }

const checkDocument = `mutation($input: VerifyPassInput!) { shanghai { verifyPass(input: $input) { check { id valid class issuer freshness expiresAt maskedName checkedAt refusal { code number message messageZh clerk clerkZh } } } } }`;
const check = async (input: object, token?: string) => zone.ask<{ shanghai: { verifyPass: { check: Check } | null } }>(checkDocument, { input: { clientKey: key(), ...input } }, token ?? await zone.token());

async function challenge(token?: string, activity = '31-activity'): Promise<Challenge> {
  const answer = await zone.ask<{ shanghai: { openPassChallenge: { challenge: Challenge } } }>('mutation($input: OpenPassChallengeInput!) { shanghai { openPassChallenge(input: $input) { challenge { id text expiresAt } } } }',
    { input: { stationId: station(), activity, clientKey: key() } }, token ?? await zone.token());
  return answer.data.shanghai.openPassChallenge.challenge;
}

const byPassDocument = `mutation($input: OpenLookupByPassInput!) { shanghai { openLookupByPass(input: $input) { refusal { code } lookup { id purpose present member {
  __typename id name gender joinedOn idNumberMasked phoneMasked phone homeOrganization { id name divisionCode } withheld { field reason } } } } } }`;
interface ByPass { readonly shanghai: { readonly openLookupByPass: { readonly refusal: { readonly code: string } | null; readonly lookup: { readonly id: string; readonly present: boolean; readonly member: (MemberData & { phone: string | null }) | null } | null } | null } }
const byPass = async (input: object, token?: string, document = byPassDocument) => zone.ask<ByPass>(document, { input: { purpose: 'CHECK_IN', clientKey: key(), ...input } }, token ?? await zone.token());

const audit = (owner: string, reference: string) => zone.rows<{ kind: string; member_id: string | null; reason: string | null; fields: string[]; purpose: string | null }>(owner, 'select kind, member_id, reason, fields, purpose from audit_entry where reference = $1', [reference]);

describe('a pass verified in the graph', () => {
  it('is valid, with its class, issuer and freshness, and without a name; the second time it says why not and what to do', async () => {
    const text = await (await phoneOf('anhui', 0)).show();
    const first = await check({ text, stationId: station(), activity: '31-activity', session: '1' });
    expect(first.errors).toBeUndefined();
    expect(first.data.shanghai.verifyPass!.check).toMatchObject({ valid: true, refusal: null, class: 'PHONE', issuer: '34', freshness: 'CURRENT', maskedName: null });
    const second = await check({ text });
    expect(second.data.shanghai.verifyPass!.check).toMatchObject({ valid: false, class: null, issuer: null, refusal: { code: 'PROOF_REPLAYED', number: 42, messageZh: '动态码已被使用', clerkZh: expect.stringContaining('重新扫描') } });
    for (const { text: said } of [first, second]) expect(said).not.toContain(text);
    expect(await audit('shanghai', first.data.shanghai.verifyPass!.check.id)).toEqual([{ kind: 'PASS_CHECK', member_id: null, reason: 'VALID', fields: [], purpose: null }]);
  });

  it('is refused to whom the role does not let, in another province, and by an anonymous viewer', async () => {
    const text = await (await phoneOf('anhui', 0)).show();
    for (const [token, code] of [
      [await zone.token({ role: 'grid_worker' }), 'FORBIDDEN'], [await zone.token({ role: 'member' }), 'FORBIDDEN'], [await zone.token({ province: 'anhui' }), 'OUT_OF_SCOPE'],
    ] as const) expect((await check({ text }, token)).errors?.[0]?.extensions.code).toBe(code);
    expect((await zone.ask(checkDocument, { input: { text, clientKey: key() } })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await check({ text }, await zone.token({ role: 'verifying_system' }))).data.shanghai.verifyPass!.check.valid).toBe(true);
  });

  it('is never taken from a URL', async () => {
    const response = await fetch(new URL(`/graphql?query=${encodeURIComponent(`mutation { shanghai { verifyPass(input: { text: "AP2:", clientKey: "${key()}" }) { check { id } } } }`)}`, zone.gateway.url));
    expect(response.status).toBe(405);
  });
});

describe('a lookup by pass', () => {
  it('shows the clerk the name of who stands there, which an ID number does not', async () => {
    const person = zone.anchors('anhui').people[0];
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const answer = await byPass({ text: await phone.show(shown.text), challengeId: shown.id });
    expect(answer.errors).toBeUndefined();
    const { lookup, refusal } = answer.data.shanghai.openLookupByPass!;
    expect(refusal).toBeNull();
    expect(lookup).toMatchObject({ present: true, member: { __typename: 'AnhuiMember', id: person.id, name: person.name, gender: person.gender, joinedOn: null, phone: null, phoneMasked: null } });
    for (const secret of [person.idNumber, person.phone]) expect(answer.text).not.toContain(secret);

    const byNumber = await zone.ask(lookupDocument, { input: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: key() } }, await zone.token());
    expect(byNumber.data.shanghai.openLookup.lookup.member).toMatchObject({ id: person.id, name: `${person.name[0]}*` });
  });

  it('opens for an admission the name and no more than an ID number does beside it', async () => {
    const [phone, shown] = [await phoneOf('anhui', 1), await challenge()];
    const answer = await byPass({ text: await phone.show(shown.text), challengeId: shown.id, purpose: 'ACTIVITY_ADMISSION' });
    expect(answer.data.shanghai.openLookupByPass!.lookup!.member).toMatchObject({ name: zone.anchors('anhui').people[1].name, gender: null, idNumberMasked: null, homeOrganization: null });
  });

  it('is audited by all three, the zone naming nobody', async () => {
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const { id, member } = (await byPass({ text: await phone.show(shown.text), challengeId: shown.id })).data.shanghai.openLookupByPass!.lookup!;
    expect(await audit('shanghai', id)).toMatchObject([{ kind: 'LOOKUP', member_id: null, purpose: 'CHECK_IN' }]);
    expect(await audit('zone', id)).toMatchObject([{ kind: 'EXISTENCE', member_id: null, purpose: 'CHECK_IN' }]);
    const owner = await audit('anhui', id);
    expect(owner).toMatchObject([{ kind: 'DISCLOSURE', member_id: member!.id, purpose: 'CHECK_IN' }]);
    expect(owner[0]!.fields).toContain('name');
    const log = await zone.ask<{ anhui: { members: null }; viewer: { member: { accessLog: { edges: { node: { purpose: string; fields: string[] } }[] } } } }>(
      '{ viewer { member { ... on AnhuiMember { accessLog(first: 20) { edges { node { purpose fields } } } } } } }', {}, await zone.token({ role: 'member', province: 'anhui' }));
    expect(log.data.viewer.member.accessLog.edges.some(({ node }) => node.purpose === 'CHECK_IN' && node.fields.some((field) => /name/i.test(field)))).toBe(true);
  });

  it('repeats the same act for the same client key, and a second act needs a second answer', async () => {
    const [phone, shown, token] = [await phoneOf('anhui', 0), await challenge(), await zone.token()];
    const input = { text: await phone.show(shown.text), challengeId: shown.id, clientKey: key() };
    const [one, two] = [await byPass(input, token), await byPass(input, token)];
    expect(two.data.shanghai.openLookupByPass!.lookup).toEqual(one.data.shanghai.openLookupByPass!.lookup);
    expect((await byPass({ ...input, clientKey: key() }, token)).data.shanghai.openLookupByPass).toEqual({ refusal: { code: 'PROOF_REPLAYED' }, lookup: null });
    expect((await byPass({ ...input, purpose: 'ACTIVITY_ADMISSION' }, token)).errors?.[0]?.extensions.code).toBe('CLIENT_KEY_REUSED');
  });

  it('is one of many that are asked for with the same answer in the same instant', async () => {
    const [phone, shown, token] = [await phoneOf('anhui', 0), await challenge(), await zone.token()];
    const text = await phone.show(shown.text);
    const answers = await Promise.all(Array.from({ length: 6 }, () => byPass({ text, challengeId: shown.id }, token)));
    expect(answers.map(({ data }) => data.shanghai.openLookupByPass!.refusal?.code ?? 'OPENED').sort()).toEqual(['OPENED', ...Array<string>(5).fill('PROOF_REPLAYED')]);
  });

  it('is not opened by paper, by a code without a challenge, by another challenge\'s answer, or by a revoked pass', async () => {
    const [phone, shown, other] = [await phoneOf('anhui', 0), await challenge(), await challenge()];
    const refused = async (text: string): Promise<unknown> => (await byPass({ text, challengeId: shown.id })).data.shanghai.openLookupByPass?.refusal?.code;
    expect(await refused(await world.paper('34', '王*'))).toBe('PAPER_NOT_ALLOWED');
    expect(await refused(await phone.show())).toBe('PROOF_ELSEWHERE');
    expect(await refused(await phone.show(other.text))).toBe('PROOF_ELSEWHERE');
    await world.setStatus('34', phone.statusIndex, 'revoked');
    expect(await refused(await phone.show(shown.text))).toBe('REVOKED');
    await world.setStatus('34', phone.statusIndex, 'valid');
    expect(await refused(await phone.show(shown.text))).toBeUndefined();
  });

  it('is for no purpose that needs a case, for no role that looks nobody up, and only with a challenge of the own organisation', async () => {
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const text = await phone.show(shown.text);
    const code = async (input: object, token?: string): Promise<unknown> => (await byPass({ text, challengeId: shown.id, ...input }, token)).errors?.[0]?.extensions.code;
    expect(await code({ purpose: 'MEMBER_SERVICE' })).toBe('CASE_REQUIRED');
    expect(await code({}, await zone.token({ role: 'verifying_system' }))).toBe('FORBIDDEN');
    expect(await code({}, await zone.token({ role: 'organization_administrator' }))).toBe('FORBIDDEN');
    const stranger = await zone.token({ organization: zone.anchors('shanghai').people[2].homeOrganizationId });
    expect(await code({}, stranger)).toBe('OUT_OF_SCOPE');
  });

  it('finds a member of the asking province itself', async () => {
    const [phone, shown] = [await phoneOf('shanghai', 2), await challenge()];
    const answer = await byPass({ text: await phone.show(shown.text), challengeId: shown.id });
    expect(answer.data.shanghai.openLookupByPass!.lookup!.member).toMatchObject({ __typename: 'ShanghaiMember', name: zone.anchors('shanghai').people[2].name });
  });

  it('gives nobody where the owner\'s register has revoked the pass or does not know it', async () => {
    for (const holder of [{ memberId: zone.anchors('anhui').people[0].id, state: 'REVOKED' as const }, undefined]) {
      const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
      if (holder) register.get('anhui')!.set(phone.passId, holder); else register.get('anhui')!.delete(phone.passId);
      const answer = await byPass({ text: await phone.show(shown.text), challengeId: shown.id });
      expect(answer.data.shanghai.openLookupByPass!.lookup!.member).toBeNull();
      expect(answer.errors).toMatchObject([{ extensions: { code: 'PRESENCE_REFUSED', refusal: 'REVOKED', number: 17 } }]);
      expect(await audit('anhui', answer.data.shanghai.openLookupByPass!.lookup!.id)).toMatchObject([{ kind: 'REFUSAL', reason: 'PRESENCE_REFUSED', member_id: null }]);
    }
  });

  it('stays in the asking province with its answer for as long as the lookup, and never in the zone', async () => {
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const text = await phone.show(shown.text);
    await byPass({ text, challengeId: shown.id });
    expect(await zone.rows('shanghai', `select 1 from lookup where presence ->> 'text' = $1`, [text])).toHaveLength(1);
    for (const table of ['audit_entry', 'directory_entry']) expect(JSON.stringify(await zone.rows('zone', `select * from ${table}`))).not.toContain(phone.passId);
  });
});

describe('what the owner is told of a phone', () => {
  /** Straight at Anhui with a capability of the zone, as an asking province or a zone that lies would have it. */
  async function present(why: Why, { province = '31', subject = 'clerk-1', memberId = null as string | null } = {}): Promise<{ name: unknown; codes: unknown[] }> {
    const viewer: Viewer = { issuer: 'https://id.example', subject, role: 'station_clerk', province, organization: `${province}-x`, member: null };
    const requestId = randomUUID();
    const via = await signCapability(signers.zone, 'anhui', { memberId, why }, { viewer, requestId });
    const body = JSON.stringify({ query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on AnhuiMember { name } } }', variables: { r: [{ __typename: 'AnhuiMember', via }] } });
    const response = await fetch(new URL('/graphql', zone.urls['anhui']), {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'x-delta-context': await signContext(signers.gateway, { audience: 'anhui', viewer, requestId, body }) },
    });
    const answer = await response.json() as { data?: { _entities: ({ name: string } | null)[] }; errors?: { extensions: { code: string; refusal?: string } }[] };
    return { name: answer.data?._entities[0]?.name ?? null, codes: (answer.errors ?? []).map(({ extensions }) => extensions.refusal ?? extensions.code) };
  }
  const reason = (text: string, challengeShown: string, lookupId = `31-${randomUUID()}`): Why => ({ kind: 'PRESENT', purpose: 'CHECK_IN', lookupId, presence: { owner: '34', text, challenge: challengeShown } });

  it('is judged by the owner itself: the true answer is taken, for one lookup of one viewer', async () => {
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const text = await phone.show(shown.text);
    const why = reason(text, shown.text);
    const { name } = zone.anchors('anhui').people[0];
    expect(await present(why)).toEqual({ name, codes: [] });
    expect(await present(why)).toEqual({ name, codes: [] });
    expect(await present(why, { subject: 'clerk-2' })).toEqual({ name: null, codes: ['PROOF_REPLAYED'] });
    expect(await present(reason(text, shown.text))).toEqual({ name: null, codes: ['PROOF_REPLAYED'] });
  });

  it('of two lookups that bring the same answer at once one is shown the person', async () => {
    const [phone, shown] = [await phoneOf('anhui', 0), await challenge()];
    const text = await phone.show(shown.text);
    const answers = await Promise.all(Array.from({ length: 6 }, () => present(reason(text, shown.text))));
    expect(answers.map(({ codes }) => codes[0] ?? 'SHOWN').sort()).toEqual([...Array<string>(5).fill('PROOF_REPLAYED'), 'SHOWN']);
  });

  it('is nothing without the phone: a code without its place, another challenge, another province\'s station or paper', async () => {
    const [phone, shown, other] = [await phoneOf('anhui', 0), await challenge(), await challenge()];
    expect(await present(reason(await phone.show(), shown.text))).toEqual({ name: null, codes: ['PROOF_ELSEWHERE'] });
    expect(await present(reason(await phone.show(other.text), shown.text))).toEqual({ name: null, codes: ['PROOF_ELSEWHERE'] });
    expect(await present(reason(await phone.show(shown.text), shown.text), { province: '32' })).toEqual({ name: null, codes: ['PROOF_ELSEWHERE'] });
    expect(await present(reason(await world.paper('34', '王*'), shown.text))).toEqual({ name: null, codes: ['PAPER_NOT_ALLOWED'] });
    expect(await present(reason('AP2:', 'AP3:'))).toEqual({ name: null, codes: ['TRUNCATED'] });
  });

  it('is nothing for a pass of another province', async () => {
    const [phone, shown] = [await phoneOf('jiangsu', 0), await challenge()];
    expect(await present(reason(await phone.show(shown.text), shown.text))).toEqual({ name: null, codes: ['ISSUER_MISMATCH'] });
  });

  it('makes nothing more of a lookup by number: that it says so opens no name', async () => {
    const { id, name } = zone.anchors('anhui').people[0];
    const why = { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: `31-${randomUUID()}`, inCase: false, reveal: ['name'], present: true, presence: { owner: '34', text: 'AP2:', challenge: 'AP3:' } } as const;
    expect(await present(why, { memberId: id })).toEqual({ name: `${name[0]}*`, codes: [] });
  });
});
