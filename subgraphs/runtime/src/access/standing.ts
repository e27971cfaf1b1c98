import type { Viewer } from '@delta/schema/viewer';
import type { HeldRelation, Standing } from './decide.js';
import type { Presence } from './types.js';

/** A lookup as the asking province granted it. */
export interface LookupReason {
  readonly kind: 'LOOKUP';
  readonly purpose: string;
  readonly lookupId: string;
  /** Whether it rests on an open case; the case itself stays in the asking province. */
  readonly inCase: boolean;
  /** Policy names of the masked fields that it reveals. */
  readonly reveal: readonly string[];
}

/** A lookup of whoever stands at a station with a pass. Whether that is so, its owner finds out from `presence`, not from whoever says it. */
export interface PresentReason { readonly kind: 'PRESENT'; readonly purpose: string; readonly lookupId: string; readonly presence: Presence }

/** What a verified capability of the zone rests on. DIRECT: no more than the viewer's own relation. */
export type Why = { readonly kind: 'DIRECT' } | LookupReason | PresentReason;

/**
 * How the viewer stands to a member of this province.
 *
 * @param province code of the owning province: relations by organisation hold only for its own viewers
 * @param path ids of the member's home organisation and all above it
 * @param why with PRESENT only after the presence was judged
 * @param held what other records of the province tell (recordedRelation)
 */
export function standingOf(viewer: Viewer | null, province: string, memberId: string, path: readonly string[], why: Why, held: readonly HeldRelation[] = []): Standing {
  if (!viewer) return { role: null, relations: [] };
  const relations: HeldRelation[] = [];
  const own = viewer.province === province;
  if (own && viewer.role === 'member' && viewer.member === memberId) relations.push({ relation: 'SELF', purpose: 'OWN_RECORD' });
  if (own && viewer.role !== 'member' && viewer.organization !== null && path.includes(viewer.organization)) relations.push({ relation: 'OWN_SCOPE', purpose: 'OWN_WORK' });
  if (why.kind === 'LOOKUP') relations.push({ relation: 'LOOKUP', purpose: why.purpose, inCase: why.inCase, revealed: why.inCase ? why.reveal : [] });
  if (why.kind === 'PRESENT') relations.push({ relation: 'PRESENT', purpose: why.purpose });
  return { role: viewer.role, relations: [...relations, ...held] };
}
