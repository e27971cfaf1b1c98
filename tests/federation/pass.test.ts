import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openKnownIssued, openStatusList, readChallenge, signProof } from '@delta/pass';
import { keyFiles } from '@delta/local/home';
import { loadPassKeys } from '@delta/runtime/pass/index';
import { createDatabase } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { shredMember } from '@delta/runtime/member/index';
import { until } from '../support/exchangeOwners.js';
import { credentialOf, passFields as fields, passOffice, type PassData } from '../support/passOffice.js';
import { newPassSigner, type TestSigner } from '../support/passTrust.js';
import { readSheet } from '../support/readSheet.js';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 40 }); });
afterAll(async () => { await zone?.close(); });
const { secretary, act, issue, enrol, change, person, spare, age, rootOf, ofRoot, trustIn, scan, prove } = passOffice(() => zone);

describe('a pass that is issued and bound to a phone', () => {
  const phone = newPassSigner();
  let pass: PassData;
  let credential: string;

  it('is entered with holder, organisation, date, reason, place and a code that is shown once', async () => {
    const clientKey = randomUUID();
    const issued = await issue(person('shanghai', 0), { clientKey });
    expect(issued).toMatchObject({ code: expect.stringMatching(/^([0-9A-Z]{5}-){2}[0-9A-Z]{5}$/), pass: {
      state: 'AWAITING_ENROLMENT', class: 'PHONE', reason: 'FIRST', issuedAt: expect.any(String), enrolledAt: null, expiresAt: null, member: { id: person('shanghai', 0) },
      organization: { id: zone.anchors('shanghai').people[0].homeOrganizationId }, office: { id: zone.anchors('shanghai').clerkOrganizationId } } });
    pass = issued.pass;
    const again = await issue(person('shanghai', 0), { clientKey });
    expect(again).toMatchObject({ code: null, pass: { id: pass.id } });
    expect((await issue(person('shanghai', 1), { clientKey })) as unknown).toMatchObject({ code: 'CLIENT_KEY_REUSED' });
    expect(JSON.stringify(await zone.rows('shanghai', 'select * from pass_enrolment'))).not.toContain(issued.code.replaceAll('-', ''));

    const key = randomUUID();
    const enrolled = await enrol(issued.code.toLowerCase().replaceAll('-', ' '), phone, { clientKey: key });
    expect(enrolled).toMatchObject({ passId: pass.passId, credential: expect.stringMatching(/^AP1:/) });
    credential = enrolled.credential;
    expect(await enrol(issued.code, phone, { clientKey: key })).toEqual(enrolled);
    expect(await enrol(issued.code, phone)).toMatchObject({ code: 'ENROLMENT_CODE_USED' });
    expect(await enrol(issued.code, newPassSigner(), { clientKey: key })).toMatchObject({ code: 'ENROLMENT_CODE_USED' });
  });

  it('is admitted by a station of another province, and not when a screenshot of the credential alone is shown', async () => {
    expect(await scan(await prove(credential, phone))).toBe('phone');
    expect(await scan(credential)).toBe('PHONE_WITHOUT_PROOF');
    expect(await scan(await prove(credential, newPassSigner()))).toBe('PROOF_OTHER_PASS');
  });

  it('is refused while it is suspended, and no other is issued meanwhile', async () => {
    expect((await change('suspendPass', pass.id, { reason: 'MISSING' })).pass).toMatchObject({ state: 'SUSPENDED', suspendedFor: 'MISSING' });
    await until(async () => (await scan(await prove(credential, phone))) === 'SUSPENDED', 'it is suspended');
    expect(await change('suspendPass', pass.id, { reason: 'MISSING' })).toMatchObject({ code: 'PASS_SUSPENDED' });
    expect(await issue(person('shanghai', 0), { reason: 'NEW_PHONE' }) as unknown).toMatchObject({ code: 'PASS_SUSPENDED' });
    expect((await change('resumePass', pass.id)).pass).toMatchObject({ state: 'VALID', suspendedFor: null });
    await until(async () => (await scan(await prove(credential, phone))) === 'phone', 'it is resumed');
    expect(await change('resumePass', pass.id)).toMatchObject({ code: 'PASS_NOT_SUSPENDED' });
  });

  it('is renewed by the phone that holds its key, and by no other', async () => {
      const challenge = async () => readChallenge((await zone.ask<{ shanghai: { passRenewalChallenge: string } }>('{ shanghai { passRenewalChallenge } }')).data.shanghai.passRenewalChallenge);
      const { step, nonce, station, activity } = await challenge();
      const answer = (signer: TestSigner): Promise<string> => signProof(credentialOf(credential), { step, nonce, place: { station, activity } }, signer);
      const renew = (proof: string) => act<{ credential: string; passId: string; expiresAt: string }>('renewPass', 'RenewPassInput', 'credential passId expiresAt', { proof }, { token: null });
      expect(await renew(await answer(newPassSigner()))).toMatchObject({ code: 'PASS_PROOF_REFUSED', extensions: { refusal: 'PROOF_ELSEWHERE' } });
      expect(await renew(await prove(credential, phone))).toMatchObject({ code: 'PASS_PROOF_REFUSED' });
      expect(await renew('AP2:')).toMatchObject({ code: 'PASS_PROOF_REFUSED' });
      const proof = await answer(phone);
      const renewed = await renew(proof);
    expect(renewed.passId).toBe(pass.passId);
    expect(renewed.credential).not.toBe(credential);
      expect(await renew(proof)).toEqual(renewed);
      expect(Date.parse(renewed.expiresAt) - Date.now()).toBeGreaterThan(89 * 86_400_000);
      expect(await zone.rows('shanghai', 'select status_index from pass_place where pass = $1', [pass.id])).toHaveLength(1);
      expect(await scan(await prove(renewed.credential, phone))).toBe('phone');
  });

  it('gives way at once to another phone\'s, and to that alone', async () => {
    expect(await issue(person('shanghai', 0)) as unknown).toMatchObject({ code: 'PASS_HELD' });
    const { code } = await issue(person('shanghai', 0), { reason: 'NEW_PHONE' });
    expect(await issue(person('shanghai', 0), { reason: 'NEW_PHONE' }) as unknown).toMatchObject({ code: 'PASS_AWAITS_ENROLMENT' });
    expect(await scan(await prove(credential, phone))).toBe('phone');
    const other = newPassSigner();
    const enrolled = await enrol(code, other);
    await until(async () => (await scan(await prove(credential, phone))) === 'REVOKED', 'the old one is revoked');
    expect(await scan(await prove(enrolled.credential, other))).toBe('phone');
    expect(await zone.rows('shanghai', `select state, revoked_for from pass where member_id = $1 order by id`, [person('shanghai', 0)])).toEqual([{ state: 'REVOKED', revoked_for: 'REPLACED' }, { state: 'VALID', revoked_for: null }]);
  });

  it('is revoked for good, and its code in the known-issued list stays', async () => {
    const [{ id }] = await zone.rows<{ id: string }>('shanghai', `select id from pass where state = 'VALID'`) as [{ id: string }];
    const { trust, issuing } = await trustIn('shanghai');
    const list = async () => openStatusList(new Uint8Array(await (await fetch(new URL(`/pass/status/${issuing}`, zone.urls['shanghai']))).arrayBuffer()), { trust });
    const ones = async (): Promise<number> => (await list()).bytes.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
    const before = await ones();
    expect((await change('revokePass', id, { reason: 'MISUSED' })).pass).toMatchObject({ state: 'REVOKED', revokedFor: 'MISUSED' });
    await until(async () => (await ones()) > before, 'the list says so');
    expect(await change('revokePass', id, { reason: 'MISUSED' })).toMatchObject({ code: 'PASS_REVOKED' });
    // The other provinces keep that it was; the zone is told of no pass.
    const told = (owner: string) => zone.rows(owner, `select state from exchange_inbox where type = 'pass.revoked' and subject = $1`, [id]);
    await until(async () => (await told('anhui')).length === 1, 'anhui is told');
    expect([await told('anhui'), await told('zone')]).toEqual([[{ state: 'APPLIED' }], []]);
    expect(await change('resumePass', id)).toMatchObject({ code: 'PASS_REVOKED' });
    const known = await openKnownIssued(new Uint8Array(await (await fetch(new URL(`/pass/known-issued/${issuing}`, zone.urls['shanghai']))).arrayBuffer()), { trust });
    const [{ digest }] = await zone.rows<{ digest: Buffer }>('shanghai', 'select digest from pass_credential where pass = $1', [id]) as [{ digest: Buffer }];
    expect([known.has(digest), known.has(randomBytes(32))]).toEqual([true, false]);
  });
});

describe('a code', () => {
  it('is worth nothing after fifteen minutes, after five wrong ones, or once its pass is revoked; who has not the right one learns nothing', async () => {
    const memberId = await spare('shanghai');
    const token = await ofRoot('shanghai');
    const first = await issue(memberId, {}, { token });
    await age(memberId, '16 minutes');
      expect(await enrol(first.code, newPassSigner())).toMatchObject({ code: 'ENROLMENT_CODE_EXPIRED' });
      const wrong = `${first.code.slice(0, 5)}-00000-00000`;
      expect(await enrol(wrong, newPassSigner())).toMatchObject({ code: 'ENROLMENT_CODE_INVALID' });
      // One that lapsed does not stand in the way of the next.
      const second = await issue(memberId, {}, { token });
      expect(second.code).toEqual(expect.any(String));
      for (let i = 0; i < 5; i += 1) expect(await enrol(`${second.code.slice(0, 5)}-00000-0000${i}`, newPassSigner())).toMatchObject({ code: 'ENROLMENT_CODE_INVALID' });
      expect(await enrol(second.code, newPassSigner())).toMatchObject({ code: 'ENROLMENT_CODE_LOCKED' });
      await act('revokePass', 'RevokePassInput', 'pass { id }', { id: second.pass.id, reason: 'ISSUED_IN_ERROR', clientKey: randomUUID() }, { token });
      const third = await issue(memberId, {}, { token });
      await act('revokePass', 'RevokePassInput', 'pass { id }', { id: third.pass.id, reason: 'ISSUED_IN_ERROR', clientKey: randomUUID() }, { token });
      expect(await enrol(third.code, newPassSigner())).toMatchObject({ code: 'PASS_REVOKED' });
      expect(await enrol('nonsense', newPassSigner())).toMatchObject({ code: 'ENROLMENT_CODE_INVALID' });
      expect(await enrol(third.code, newPassSigner(), { holderKey: 'A'.repeat(44) })).toMatchObject({ code: 'HOLDER_KEY_INVALID' });
  });
});

describe('issuing', () => {
  it('twice at once has exactly one winner, and so has a code that two phones enter at once', async () => {
    const memberId = await spare('shanghai');
    const tokens = await Promise.all([1, 2, 3, 4].map(async (n) => secretary('shanghai', { organization: await rootOf('shanghai'), subject: `racer-${n}` })));
    const outcomes = await Promise.all(tokens.map((token) => issue(memberId, {}, { token })));
    const won = outcomes.filter(({ pass }) => pass);
    expect([won.length, outcomes.filter(({ pass }) => !pass).map(({ code }) => code)]).toEqual([1, Array(3).fill('PASS_AWAITS_ENROLMENT')]);
    expect(await zone.rows('shanghai', 'select 1 from pass where member_id = $1', [memberId])).toHaveLength(1);

    const phones = [newPassSigner(), newPassSigner(), newPassSigner()];
    const enrolled = await Promise.all(phones.map((phone) => enrol(won[0]!.code, phone)));
    expect(enrolled.map(({ code }) => code ?? 'enrolled').sort()).toEqual(['ENROLMENT_CODE_USED', 'ENROLMENT_CODE_USED', 'enrolled']);
  });

  it('of the same act, sent twice at once, is done once and answered twice, on a phone and on paper', async () => {
    const memberId = await spare('shanghai');
    const token = await ofRoot('shanghai');
    const twice = async (ask: (clientKey: string) => Promise<object>): Promise<object[]> => {
      const clientKey = randomUUID();
      return Promise.all([1, 2, 3].map(() => ask(clientKey)));
    };
    const issued = await twice((clientKey) => issue(memberId, { clientKey }, { token })) as { pass: PassData; code: string | null }[];
    const printed = await twice((clientKey) => act('printPass', 'PrintPassInput', 'pass { id } text', { memberId, clientKey }, { token })) as { pass: PassData; text: string | null }[];
    for (const answers of [issued, printed]) expect(new Set(answers.map(({ pass }) => pass.id)).size).toBe(1);
    expect(issued.filter(({ code }) => code !== null)).toHaveLength(1);
    expect(printed.filter(({ text }) => text !== null)).toHaveLength(1);
    expect(await zone.rows('shanghai', 'select class, state from pass where member_id = $1 order by class', [memberId])).toEqual([{ class: 'PAPER', state: 'VALID' }, { class: 'PHONE', state: 'AWAITING_ENROLMENT' }]);
  });

  it('is for who is held here and in the office\'s scope, by those who may', async () => {
    const other = person('jiangsu', 0);
    expect(await issue(other) as unknown).toMatchObject({ code: 'NOT_DISCLOSED' });
    expect(await issue('019a2b3c-4d5e-7f60-8a1b-000000000001') as unknown).toMatchObject({ code: 'NOT_DISCLOSED' });
    expect(await issue(other, {}, { token: await secretary('jiangsu') }) as unknown).toMatchObject({ code: 'OUT_OF_SCOPE' });
    expect(await issue(person('shanghai', 1), {}, { token: await zone.token({ role: 'station_clerk' }) }) as unknown).toMatchObject({ code: 'FORBIDDEN' });
    expect(await issue(person('shanghai', 1), {}, { token: await zone.token({ role: 'member' }) }) as unknown).toMatchObject({ code: 'FORBIDDEN' });
    const elsewhere = (await zone.rows<{ id: string }>('shanghai', 'select id from organization where not $1 = any(path) and not id = any((select path from organization where id = $1)::text[]) limit 1', [zone.anchors('shanghai').clerkOrganizationId]))[0]!.id;
    expect(await issue(person('shanghai', 1), {}, { token: await secretary('shanghai', { organization: elsewhere }) }) as unknown).toMatchObject({ code: 'NOT_DISCLOSED' });
  });

  it('is done for an external member by the host, who holds the record', async () => {
    const { pass } = await issue(await spare('shanghai', 'EXTERNAL'), {}, { token: await ofRoot('shanghai') });
    expect(pass).toMatchObject({ state: 'AWAITING_ENROLMENT' });
  });
});

describe('a pass on paper', () => {
  it('bears a masked name, ends after thirty days, and its sheet is given once', async () => {
    const memberId = person('shanghai', 1);
    const clientKey = randomUUID();
    const print = () => act<{ pass: PassData; pdf: string | null; text: string | null }>('printPass', 'PrintPassInput', `pass { ${fields} } pdf text`, { memberId, clientKey });
    const printed = await print();
    expect(printed.pass).toMatchObject({ class: 'PAPER', state: 'VALID' });
    expect(await readSheet(Buffer.from(printed.pdf!, 'base64'))).toBe(printed.text);
    expect(await scan(printed.text!)).toBe('paper');
    expect(await print()).toMatchObject({ pass: { id: printed.pass.id }, pdf: null, text: null });
    expect(Date.parse(printed.pass.expiresAt!) - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
    expect(await zone.rows('shanghai', 'select credential from pass_credential where pass = $1', [printed.pass.id])).toEqual([{ credential: null }]);
    const next = await act<{ text: string }>('printPass', 'PrintPassInput', 'text', { memberId, clientKey: randomUUID() });
    await until(async () => (await scan(printed.text!)) === 'REVOKED', 'the first sheet is revoked');
    expect(await scan(next.text)).toBe('paper');
  });
});

describe('the register', () => {
  it('shows the office what was issued in its scope, and the member the own passes', async () => {
    const list = async (filter: object, token: string) => (await zone.ask<{ shanghai: { passes: { edges: { node: PassData }[] } } }>(
      `query($filter: ActivityPassFilter) { shanghai { passes(first: 50, filter: $filter) { edges { node { ${fields} } } pageInfo { hasNextPage } } } }`, { filter }, token));
    const all = await list({}, await ofRoot('shanghai'));
    expect(all.errors).toBeUndefined();
    const states = all.data.shanghai.passes.edges.map(({ node }) => node.state);
    expect(new Set(states)).toEqual(new Set(['REVOKED', 'VALID', 'AWAITING_ENROLMENT']));
    expect((await list({ class: 'PAPER', state: 'VALID' }, await ofRoot('shanghai'))).data.shanghai.passes.edges.map(({ node }) => node.id))
      .toEqual((await zone.rows<{ id: string }>('shanghai', `select id from pass where class = 'PAPER' and state = 'VALID' order by id desc`)).map(({ id }) => id));
    expect((await list({}, await zone.token({ role: 'station_clerk' }))).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await list({}, await secretary('jiangsu'))).errors?.[0]?.extensions.code).toBe('OUT_OF_SCOPE');
    const own = await zone.ask<{ viewer: { member: { passes: PassData[] } } }>(`{ viewer { member { passes { ${fields} } } } }`, {}, await zone.token({ role: 'member', member: person('shanghai', 1) }));
    expect(own.errors).toBeUndefined();
    expect(own.data.viewer.member.passes.map((pass) => pass.state)).toEqual(['VALID', 'REVOKED']);
  });

  it('records the yearly inspection, shows when it is overdue, and does nothing about it', async () => {
    const [{ id }] = await zone.rows<{ id: string }>('shanghai', `select id from pass where class = 'PAPER' and state = 'VALID' and member_id = $1`, [person('shanghai', 1)]) as [{ id: string }];
    expect((await change('inspectPass', id, { result: 'PASSED' })).pass).toMatchObject({ inspection: 'PASSED', inspectionOverdue: false, state: 'VALID' });
    const [{ n }] = await zone.rows<{ n: number }>('shanghai', `select count(*)::integer as n from pass_act where act = 'INSPECTED' and reason = 'PASSED' and viewer_role = 'branch_secretary'`) as [{ n: number }];
    expect(n).toBe(1);
    await age(person('shanghai', 1), '366 days');
    await zone.rows('shanghai', `update pass set expires_at = expires_at + interval '366 days' where id = $1`, [id]);
    const { data } = await zone.ask<{ shanghai: { passes: { edges: { node: PassData }[] } } }>(`{ shanghai { passes(first: 5, filter: { inspectionOverdue: true }) { edges { node { id state inspectionOverdue } } } } }`, {}, await secretary());
    expect(data.shanghai.passes.edges.map(({ node }) => node)).toEqual([{ id, state: 'VALID', inspectionOverdue: true }]);
  });

  it('has an audit row for every act, of whoever did it, and no name or code in any', async () => {
    const rows = await zone.rows<{ reason: string; n: number }>('shanghai', `select reason, count(*)::integer as n from audit_entry where kind = 'PASS' group by 1 order by 1`);
    expect(rows.map(({ reason }) => reason)).toEqual(['ENROLLED', 'INSPECTED', 'ISSUED', 'PRINTED', 'RENEWED', 'RESUMED', 'REVOKED', 'SUSPENDED']);
    const [acts, entries] = await Promise.all([zone.rows<{ n: number }>('shanghai', 'select count(*)::integer as n from pass_act'), zone.rows<{ n: number }>('shanghai', `select count(*)::integer as n from audit_entry where kind = 'PASS' and viewer_role = 'branch_secretary'`)]);
    expect(acts).toEqual(entries);
  });
});

describe('passes of whoever leaves', () => {
  const statesOf = async (slug: string, memberId: string) => zone.rows(slug, 'select state, revoked_for from pass where member_id = $1 order by id', [memberId]);

  it('end with the release of the record to another province, which issues its own', async () => {
    const { id } = zone.anchors('shanghai').people[2];
    const token = await ofRoot('shanghai');
    const phone = newPassSigner();
    const { code } = await issue(id, {}, { token });
    const { credential } = await enrol(code, phone);
    expect(await scan(await prove(credential, phone))).toBe('phone');
    const { errors } = await zone.ask('mutation($input: TransferOwnershipInput!) { shanghai { transferOwnership(input: $input) { transfer { id } } } }',
      { input: { memberId: id, organizationId: zone.anchors('jiangsu').clerkOrganizationId, clientKey: randomUUID() } }, token);
    expect(errors).toBeUndefined();
    expect(await statesOf('shanghai', id)).toEqual([{ state: 'REVOKED', revoked_for: 'TRANSFERRED' }]);
    await until(async () => (await zone.rows('jiangsu', 'select 1 from member where id = $1', [id])).length > 0, 'jiangsu has the record');
    await until(async () => (await zone.rows('shanghai', 'select 1 from member where id = $1 and moved_to is not null', [id])).length > 0, 'shanghai knows');
    expect(await issue(id, {}, { token }) as unknown).toMatchObject({ code: 'MEMBER_MOVED' });
    expect((await issue(id, {}, { slug: 'jiangsu' })).pass).toMatchObject({ state: 'AWAITING_ENROLMENT' });
    await until(async () => (await scan(await prove(credential, phone))) === 'REVOKED', 'it is revoked');
  });

  it('end with the shredding of the member, which leaves no phone\'s key', async () => {
    const memberId = await spare('shanghai');
    const token = await ofRoot('shanghai');
    const { code } = await issue(memberId, {}, { token });
    const phone = newPassSigner();
    const { credential } = await enrol(code, phone);
    const db = createDatabase(await openDatabase({ url: zone.databaseUrl('shanghai'), entities: [], migrations: [], applicationName: 'shred', poolSize: 2, statementTimeoutMs: 5_000 }), 'PROVINCE_UNAVAILABLE');
    await shredMember(db, memberId, 'REQUEST', new Date());
    await db.close();
    expect(await zone.rows('shanghai', 'select state, revoked_for, holder from pass where member_id = $1', [memberId])).toEqual([{ state: 'REVOKED', revoked_for: 'ERASED', holder: null }]);
    expect(await zone.rows('shanghai', 'select c.credential from pass_credential c join pass p on p.id = c.pass where p.member_id = $1', [memberId])).toEqual([{ credential: null }]);
    await until(async () => (await scan(await prove(credential, phone))) === 'REVOKED', 'it is revoked');
  });
});

describe('the lists', () => {
  it('come with what names them, are not sent twice, and are none for a key of nobody', async () => {
    const { issuing } = await trustIn('shanghai');
    const url = new URL(`/pass/status/${issuing}`, zone.urls['shanghai']);
    const first = await fetch(url);
    expect([first.status, first.headers.get('content-type'), first.headers.get('repr-digest')]).toEqual([200, 'application/statuslist+cwt', expect.stringMatching(/^sha-256=:/)]);
    const second = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect(second.status).toBe(304);
    for (const kid of ['0'.repeat(16), 'x', (await (await loadPassKeys(keyFiles(zone.home).passKeys('jiangsu'))).list())[0]!.kid]) expect((await fetch(new URL(`/pass/status/${kid}`, zone.urls['shanghai']))).status).toBe(404);
    // The keys that the province publishes under are not in its database.
    const pem = (JSON.parse(await readFile(keyFiles(zone.home).passKeys('shanghai'), 'utf8')) as { keys: { key: string }[] }).keys[0]!.key.split('\n')[1]!;
    expect(JSON.stringify(await zone.rows('shanghai', 'select * from pass p left join pass_credential c on c.pass = p.id left join pass_place l on l.pass = p.id'))).not.toContain(pem.slice(0, 40));
  });
});
