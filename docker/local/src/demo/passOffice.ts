import { randomUUID } from 'node:crypto';
import { provinces } from '@delta/schema/provinces';
import { loadRoots } from '../passRoot.js';
import { anchorsOfProvince } from '../anchors.js';
import { keyFiles } from '../home.js';
import { openDemoStation, type DemoStation } from './demoStation.js';
import { provinceOf, until, type DemoZone } from './demoZone.js';

/** Offices of the story: a secretary who issues at home, a clerk at a station elsewhere. */
export const secretaryOf = (zone: DemoZone, code: string): Promise<string> => zone.token({ role: 'branch_secretary', province: code, organization: anchorsOfProvince(code).clerkOrganizationId });
export const clerkOf = (zone: DemoZone, code: string): Promise<string> => zone.token({ role: 'station_clerk', province: code, organization: anchorsOfProvince(code).clerkOrganizationId });

/** The first members that the office sees: whoever tried the zone before may have moved one. */
export async function membersOf(zone: DemoZone, province: string, token: string, count: number): Promise<readonly string[]> {
  const { slug } = provinceOf(province);
  const data = await zone.query<Record<string, { members: { edges: readonly { node: { id: string } }[] } }>>(`{ ${slug} { members(first: ${count}) { edges { node { id } } } } }`, token);
  return data[slug]!.members.edges.map(({ node }) => node.id);
}

export interface IssuedPass { readonly id: string; readonly code: string }

export async function issue(zone: DemoZone, province: string, memberId: string, token: string): Promise<IssuedPass> {
  const { pass, code } = await zone.act<{ pass: { id: string }; code: string }>(province, 'issuePass', 'IssuePassInput', 'pass { id } code', { memberId, reason: 'FIRST', clientKey: randomUUID() }, token);
  return { id: pass.id, code };
}

export const revoke = (zone: DemoZone, province: string, id: string, reason: string, token: string): Promise<unknown> =>
  zone.act(province, 'revokePass', 'RevokePassInput', 'pass { state }', { id, reason, clientKey: randomUUID() }, token);

interface Row { readonly id: string; readonly state: string; readonly expiresAt: string | null; readonly member: { readonly id: string } | null }

/** The newest passes that the office sees. */
export async function register(zone: DemoZone, province: string, token: string): Promise<readonly Row[]> {
  const { slug } = provinceOf(province);
  const data = await zone.query<Record<string, { passes: { edges: readonly { node: Row }[] } }>>(`{ ${slug} { passes(first: 100) { edges { node { id state expiresAt member { id } } } } } }`, token);
  return data[slug]!.passes.edges.map(({ node }) => node);
}

/** Ends what an earlier run that was cut off left with these members. */
export async function clear(zone: DemoZone, province: string, members: readonly string[], token: string): Promise<void> {
  const left = (await register(zone, province, token)).filter(({ state, member }) => state !== 'REVOKED' && member !== null && members.includes(member.id));
  for (const { id } of left) await revoke(zone, province, id, 'RETURNED', token);
}

export interface OnlineShowing { readonly activity?: string; readonly session?: string; readonly risk?: 'LOW' | 'HIGH'; readonly challengeId?: string; readonly stationId?: string }

/** What a station that is online is answered: `VALID`, or the refusal's code. */
export async function verifyOnline(zone: DemoZone, province: string, text: string, showing: OnlineShowing, token: string): Promise<string> {
  const { check } = await zone.act<{ check: { valid: boolean; refusal: { code: string } | null } }>(
    province, 'verifyPass', 'VerifyPassInput', 'check { valid refusal { code } }', { text, ...showing, clientKey: randomUUID() }, token);
  return check.valid ? 'VALID' : check.refusal!.code;
}

/** A station that pins the roots of this home, once the zone has published a trust list. */
export async function enrolStation(zone: DemoZone): Promise<DemoStation> {
  const station = await openDemoStation(await loadRoots(keyFiles(zone.settings.home).passRoots), zone.url('zone'));
  await until('A trust list', 30, async () => (await fetch(new URL('/pass/trust-list', zone.url('zone')))).ok || undefined);
  return station;
}

/** Until a province has the trust list and a status list of each issuer: a first start goes on pulling them while it answers already. */
export const trusted = (zone: DemoZone, province: string): Promise<true> => until(`The lists of the pass in ${provinceOf(province).slug}`, 60, async () =>
  (await (await fetch(new URL('/metrics', zone.url(provinceOf(province).slug)))).text()).split('delta_pass_list_age_seconds{list="STATUS"').length > provinces.length || undefined);
