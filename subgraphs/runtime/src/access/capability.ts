import { PlatformError } from '@delta/schema/errors';
import { sameViewer, type Viewer } from '@delta/schema/viewer';
import { KeyError, type Signer, type Trust } from '@delta/service/keys';
import type { Why } from './standing.js';

/**
 * `via`: by it the zone hands one person on to the owner, for one viewer and one request. Lives 60 seconds.
 * `memberId` is null where a pass stands for the person, whom its owner alone can name.
 */
export interface Capability { readonly memberId: string | null; readonly why: Why }

const type = 'delta-via+jwt';

export const signCapability = (signer: Signer, owner: string, capability: Capability, asked: { viewer: Viewer | null; requestId: string }): Promise<string> =>
  signer.sign({ mid: capability.memberId, why: capability.why, vwr: asked.viewer, req: asked.requestId }, { type, audience: owner, expiresInSeconds: 60 });

/** @throws PlatformError CAPABILITY_INVALID, CAPABILITY_EXPIRED, CAPABILITY_MISMATCH */
export async function verifyCapability(trust: Trust, owner: string, via: string, asked: { viewer: Viewer | null; requestId: string }): Promise<Capability> {
  let claims;
  try {
    claims = await trust.verify(via, { type, issuer: 'zone', audience: owner });
  } catch (error) {
    throw new PlatformError(error instanceof KeyError && error.reason === 'expired' ? 'CAPABILITY_EXPIRED' : 'CAPABILITY_INVALID');
  }
  if (claims['req'] !== asked.requestId || !sameViewer((claims['vwr'] ?? null) as Viewer | null, asked.viewer)) throw new PlatformError('CAPABILITY_MISMATCH');
  return { memberId: claims['mid'] as string | null, why: claims['why'] as Why };
}
