import { requireViewer, signCapability, verifyGrant, type Why } from '@delta/runtime/access/index';
import { concreteName } from '@delta/schema/derive';
import { PlatformError } from '@delta/schema/errors';
import { provinceOfId, requireMemberId } from '@delta/schema/ids';
import { provinceByCode, provinceBySlug, type ProvinceEntry } from '@delta/schema/provinces';
import type { ZoneContext } from './context.js';
import type { DirectoryEntry } from './directory/store.js';

/** A province as the registry knows it; the rest is the province's own. */
export const provinceReference = (entry: ProvinceEntry) => ({ __typename: concreteName('Province', entry.prefix), ...entry });

/** What never leaves its province, by the code in its id. */
export const localReference = (concept: 'Organization' | 'ServiceStation', id: string) =>
  ({ __typename: concreteName(concept, provinceOfId(id).prefix), id });

/**
 * Hands a person on to the owner by capability. The zone records that it said whether, and thereby where, a person is known.
 */
async function handOn(entry: DirectoryEntry | null, why: Why, context: ZoneContext) {
  context.trail.add({
    kind: 'EXISTENCE', memberId: entry?.memberId ?? null, fields: [entry ? '__typename' : 'none'],
    purpose: why.kind === 'LOOKUP' ? why.purpose : null, reference: why.kind === 'LOOKUP' ? why.lookupId : null,
  });
  if (!entry) return null;
  const owner = provinceBySlug(entry.province);
  if (!owner) throw new PlatformError('UNKNOWN_PROVINCE');
  const via = await signCapability(context.services.signer, owner.slug, { memberId: entry.memberId, why }, context);
  return { __typename: concreteName('Member', owner.prefix), via };
}

/** `Query.member`: no more than the viewer's own relation to the member will open. @throws UNAUTHENTICATED, MALFORMED_ID */
export async function memberById(id: string, context: ZoneContext) {
  requireViewer(context);
  return handOn(await context.byId.load(requireMemberId(id)), { kind: 'DIRECT' }, context);
}

/** `Lookup.member`: the person whom a province's grant is about. @throws PlatformError GRANT_*, UNAUTHENTICATED */
export async function memberByGrant(province: ProvinceEntry, grant: string, context: ZoneContext) {
  requireViewer(context);
  const { blindIndex, ...reason } = await verifyGrant(context.services.trust, province.slug, grant, context);
  return handOn(await context.byIndex.load(blindIndex), { kind: 'LOOKUP', ...reason }, context);
}

/** @throws PlatformError UNKNOWN_PROVINCE */
export function provinceNamed(code: string) {
  const entry = provinceByCode(code);
  if (!entry) throw new PlatformError('UNKNOWN_PROVINCE');
  return provinceReference(entry);
}
