import { PlatformError } from '@delta/schema/errors';
import { sameViewer, type Viewer } from '@delta/schema/viewer';
import { KeyError } from '@delta/service/keys';
import type { PairMessages } from '@delta/service/pairMessage';
import type { LookupReason, PresentReason } from './standing.js';
import type { Presence } from './types.js';

/**
 * A lookup as the zone may know it: whom (by blind index, or by a pass that only its owner can put a person to), why, by which act. The asking province alone can write one, and the
 * zone: it is for the zone to read, which can hand on whom it wants anyway, so a pair's key proves it as well as a signature.
 */
export type Grant = { readonly blindIndex: string; readonly reason: LookupReason } | { readonly blindIndex: null; readonly reason: PresentReason };

/** The recorded act that a grant rests on. */
export interface GrantedLookup { readonly id: string; readonly blindIndex: string; readonly purpose: string; readonly inCase: boolean; readonly reveal: readonly string[]; readonly presence: Presence | null; readonly expiresAt: Date }

const type = 'delta-grant+jwt';

/** A grant ends with its lookup, and fits the one viewer and request it was made in. */
export const writeGrant = (messages: PairMessages, lookup: GrantedLookup, asked: { viewer: Viewer | null; requestId: string }, now: Date): Promise<string> =>
  messages.write({
    ...(lookup.presence ? { prs: lookup.presence } : { idx: lookup.blindIndex, cas: lookup.inCase, rev: lookup.reveal }),
    pur: lookup.purpose, lid: lookup.id, vwr: asked.viewer, req: asked.requestId,
  },
    { type, audience: 'zone', expiresInSeconds: Math.max(1, Math.floor((lookup.expiresAt.getTime() - now.getTime()) / 1000)) });

/** @throws PlatformError GRANT_INVALID, GRANT_EXPIRED, GRANT_MISMATCH */
export async function verifyGrant(messages: PairMessages, province: string, grant: string, asked: { viewer: Viewer | null; requestId: string }): Promise<Grant> {
  let claims;
  try {
    claims = await messages.read(grant, { type, issuer: province });
  } catch (error) {
    throw new PlatformError(error instanceof KeyError && error.reason === 'expired' ? 'GRANT_EXPIRED' : 'GRANT_INVALID');
  }
  if (claims['req'] !== asked.requestId || !sameViewer((claims['vwr'] ?? null) as Viewer | null, asked.viewer)) throw new PlatformError('GRANT_MISMATCH');
  const act = { purpose: claims['pur'] as string, lookupId: claims['lid'] as string };
  if (claims['prs'] !== undefined) {
    if (!isPresence(claims['prs'])) throw new PlatformError('GRANT_INVALID');
    return { blindIndex: null, reason: { kind: 'PRESENT', ...act, presence: claims['prs'] } };
  }
  return {
    blindIndex: claims['idx'] as string,
    reason: { kind: 'LOOKUP', ...act, inCase: claims['cas'] === true, reveal: Array.isArray(claims['rev']) ? claims['rev'] as readonly string[] : [] },
  };
}

/** The asking province wrote it, and another is to read it. */
function isPresence(told: unknown): told is Presence {
  const { owner, text, challenge } = (told ?? {}) as Partial<Record<string, unknown>>;
  return [owner, text, challenge].every((part) => typeof part === 'string' && part.length <= longestCode);
}
/** Longer than any code of the profile. */
const longestCode = 500;
