import { randomUUID } from 'node:crypto';
import { createStationState, openStatusList, verifyPass, type TrustList } from '@delta/pass';
import { decodeBase45 } from '@delta/pass/lib/base45';
import { keyFiles } from '@delta/local/home';
import { loadPassKeys } from '@delta/runtime/pass/index';
import { trustOf } from './keysInMemory.js';
import { secondsAt, showPass, type TestSigner } from './passTrust.js';
import type { TestZone } from './zone.js';

export interface PassData { readonly id: string; readonly passId: string; readonly state: string; readonly class: string; readonly revokedFor: string | null; readonly expiresAt: string | null; readonly inspectionOverdue: boolean; readonly member: { readonly name: string } | null }
export const passFields = 'id passId class state reason issuedAt enrolBefore enrolledAt expiresAt suspendedFor revokedFor inspectedAt inspection inspectionDue inspectionOverdue member { id name } organization { id } office { id }';

export const credentialOf = (text: string): Uint8Array => decodeBase45(text, 4, 'credential');

/** What offices of a zone do with passes, and what a station elsewhere says of them. */
export function passOffice(zoneNow: () => TestZone) {
  const secretary = (slug = 'shanghai', more: object = {}): Promise<string> => zoneNow().token({ role: 'branch_secretary', province: slug, ...more });
  /** Asks for one mutation of a province; gives its payload or the error's code. */
  async function act<T>(verb: string, type: string, selection: string, input: object, { slug = 'shanghai', token }: { slug?: string; token?: string | null } = {}): Promise<T & { code?: string; extensions?: object }> {
    const { data, errors } = await zoneNow().ask<Record<string, Record<string, T> | null>>(`mutation($input: ${type}!) { ${slug} { ${verb}(input: $input) { ${selection} } } }`, { input }, token === undefined ? await secretary(slug) : token);
    return { ...(data?.[slug]?.[verb] ?? {} as T), ...(errors?.[0] ? { code: errors[0].extensions.code, extensions: errors[0].extensions } : {}) };
  }
  const issue = (memberId: string, more: object = {}, place: { slug?: string; token?: string } = {}) =>
    act<{ pass: PassData; code: string | null }>('issuePass', 'IssuePassInput', `pass { ${passFields} } code`, { memberId, clientKey: randomUUID(), ...more }, place) as Promise<{ pass: PassData; code: string & (string | undefined) }>;
  const enrol = (code: string, phone: TestSigner, more: object = {}, slug = 'shanghai') =>
    act<{ credential: string; passId: string; expiresAt: string }>('enrolPass', 'EnrolPassInput', 'credential passId expiresAt', { code, holderKey: Buffer.from(phone.publicKey).toString('base64url'), clientKey: randomUUID(), ...more }, { slug, token: null });
  const change = (verb: string, id: string, more: object = {}, place: { slug?: string } = {}) =>
    act<{ pass: PassData }>(verb, `${verb[0]!.toUpperCase()}${verb.slice(1)}Input`, `pass { ${passFields} }`, { id, clientKey: randomUUID(), ...more }, place);

  const person = (slug: string, n: number): string => zoneNow().anchors(slug).people[n]!.id;
  /** Somebody who never had a pass, and is in no other test. */
  const spare = async (slug: string, affiliation: string | null = null): Promise<string> => (await zoneNow().rows<{ id: string }>(slug,
    `select m.id from member m where m.shredded_at is null and not m.id = any($1) and ($2::text is null or m.affiliation = $2) and not exists (select from pass p where p.member_id = m.id) order by m.id limit 1`,
    [zoneNow().anchors(slug).people.map(({ id }) => id), affiliation]))[0]!.id;
  /** Lets time go by for what a member has. */
  const age = async (memberId: string, span: string): Promise<void> => {
    for (const sql of ['update pass set issued_at = issued_at - $2::interval, code_until = code_until - $2::interval, inspected_at = inspected_at - $2::interval, expires_at = expires_at - $2::interval where member_id = $1',
      'update pass_enrolment e set expires_at = e.expires_at - $2::interval from pass p where p.id = e.pass and p.member_id = $1']) await zoneNow().rows('shanghai', sql, [memberId, span]);
  };
  const rootOf = async (slug: string): Promise<string> => (await zoneNow().rows<{ id: string }>(slug, 'select id from organization where parent_id is null limit 1'))[0]!.id;
  const ofRoot = async (slug: string): Promise<string> => secretary(slug, { organization: await rootOf(slug), subject: `root-${slug}` });

  /** A station somewhere else: it has the trust list, and pulls the issuer's status list. */
  async function trustIn(slug: string): Promise<{ trust: TrustList; issuing: string }> {
    const keys = await loadPassKeys(keyFiles(zoneNow().home).passKeys(slug));
    return { trust: await trustOf(keys, '31', secondsAt(new Date())), issuing: (await keys.list()).find(({ use }) => use === 'pass')!.kid };
  }
  async function scan(text: string): Promise<string> {
    const { trust, issuing } = await trustIn('shanghai');
    const response = await fetch(new URL(`/pass/status/${issuing}`, zoneNow().urls['shanghai']));
    const list = await openStatusList(new Uint8Array(await response.arrayBuffer()), { trust });
    const outcome = await verifyPass(text, { profile: 'ap1', trust, status: (kid) => (kid === list.kid ? list : undefined), clock: { wall: Math.floor(Date.now() / 1000), monotonic: 0 }, state: createStationState() });
    return outcome.valid ? outcome.class : outcome.refusal.code;
  }
  const prove = (text: string, phone: TestSigner, challenge?: string): Promise<string> => showPass(credentialOf(text), phone, challenge);

  return { secretary, act, issue, enrol, change, person, spare, age, rootOf, ofRoot, trustIn, scan, prove };
}
