import { requireViewer, signCapability, verifyGrant, type LookupReason, type PresentReason, type Why } from '@delta/runtime/access/index';
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

/** A person in the care of one province, for whatever that province's policy then opens. */
async function handOn(owner: ProvinceEntry, memberId: string | null, why: Why, context: ZoneContext) {
  const via = await signCapability(context.services.signer, owner.slug, { memberId, why }, context);
  return { __typename: concreteName('Member', owner.prefix), via };
}

/** The zone records that it said whether, and thereby where, a person is known. */
async function whoIs(entry: DirectoryEntry | null, why: LookupReason, context: ZoneContext) {
  context.trail.add({
    kind: 'EXISTENCE', memberId: entry?.memberId ?? null, fields: [entry ? '__typename' : 'none'],
    purpose: why.purpose, reference: why.lookupId,
  });
  if (!entry) return null;
  const owner = provinceBySlug(entry.province);
  if (!owner) throw new PlatformError('UNKNOWN_PROVINCE');
  return handOn(owner, entry.memberId, why, context);
}

/** A pass says itself who issued it. Whom it is of, and whether anybody, is not said here: its owner answers. */
async function whoIsPresent(why: PresentReason, context: ZoneContext) {
  const owner = provinceByCode(why.presence.owner);
  if (!owner) throw new PlatformError('UNKNOWN_PROVINCE');
  context.trail.add({ kind: 'EXISTENCE', memberId: null, fields: ['__typename'], purpose: why.purpose, reference: why.lookupId });
  return handOn(owner, null, why, context);
}

/**
 * `Query.member`: no more than the viewer's own relation to the member will open. Only the viewer's own province can know of
 * one, so it alone is asked, whatever the id: the directory is not, and an id of nobody, of another province's member and of
 * a member outside the scope are answered alike, by the same service.
 * @throws PlatformError UNAUTHENTICATED, MALFORMED_ID, NOT_DISCLOSED (the viewer has no province)
 */
export async function memberById(id: string, context: ZoneContext) {
  const { province } = requireViewer(context);
  const memberId = requireMemberId(id);
  const own = province === null ? undefined : provinceByCode(province);
  if (!own) throw new PlatformError('NOT_DISCLOSED');
  return handOn(own, memberId, { kind: 'DIRECT' }, context);
}

/** `Lookup.member`: the person whom a province's grant is about. @throws PlatformError GRANT_*, UNAUTHENTICATED */
export async function memberByGrant(province: ProvinceEntry, grant: string, context: ZoneContext) {
  requireViewer(context);
  const { blindIndex, reason } = await verifyGrant(context.services.messages, province.slug, grant, context);
  return blindIndex === null ? whoIsPresent(reason, context) : whoIs(await context.byIndex.load(blindIndex), reason, context);
}

/** @throws PlatformError UNKNOWN_PROVINCE */
export function provinceNamed(code: string) {
  const entry = provinceByCode(code);
  if (!entry) throw new PlatformError('UNKNOWN_PROVINCE');
  return provinceReference(entry);
}
