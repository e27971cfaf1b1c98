import { createHash } from 'node:crypto';
import { PassRefusal, readChallenge, refusalCatalogue, type Challenge, type RefusalCode } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { provinceOfId } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import type { PresentReason } from '../access/index.js';
import type { ProvinceServices } from '../server/services.js';
import { judgePass } from './judgePass.js';
import { presenceEnds, presenceTime } from './rules.js';
import { findPresence, insertPresence } from './store.js';

const refuse = (refusal: RefusalCode): never => {
  throw new PlatformError('PRESENCE_REFUSED', { refusal, number: refusalCatalogue[refusal].number });
};

/**
 * Whether the holder of a pass of this province stands at a station of the viewer's province, as the phone itself says: neither that
 * province nor the zone is believed. The phone signed the station, the activity, the moment and eight bytes of the station's, so
 * the answer is good there and then, and for one lookup of one viewer: who comes with it again as another is refused. For that lookup
 * it stands as long as the lookup does, unless the pass is revoked.
 *
 * @returns the member's id, by this province's own register
 * @throws PlatformError PRESENCE_REFUSED with `refusal` and `number` of the pass's catalogue, PASS_LISTS_MISSING
 */
export async function judgePresence({ entry, db, now, passChecking }: Pick<ProvinceServices, 'entry' | 'db' | 'now' | 'passChecking'>, viewer: Viewer, { lookupId, presence }: PresentReason): Promise<string> {
  const at = now();
  const challenge = challengeOf(presence.challenge, viewer);
  const code = createHash('sha256').update(presence.text).digest();
  const known = await findPresence(db, lookupId, code, viewer);
  if (known && known.expiresAt <= at) throw new PlatformError('GRANT_EXPIRED');
  let passId = known?.passId;
  if (passId === undefined) {
    // `risk` leaves neither paper nor a proof without challenge.
    const { outcome, claims } = await judgePass(passChecking.lists, presence.text, { challenge, risk: 'high' }, presenceTime(at, challenge.step));
    if (!outcome.valid) return refuse(outcome.refusal.code);
    if (outcome.issuer !== entry.code) return refuse('ISSUER_MISMATCH');
    passId = outcome.passId;
    const first = await insertPresence(db, { proof: Buffer.from(claims.proof!.digest, 'hex'), lookupId, code, passId, expiresAt: presenceEnds(at) }, viewer);
    // Two fields of one request may come at once.
    if (!first && !(await findPresence(db, lookupId, code, viewer))) return refuse('PROOF_REPLAYED');
  }
  const holder = await passChecking.findPass(db, passId);
  return holder?.state === 'VALID' ? holder.memberId : refuse('REVOKED');
}

/** The station must be of the viewer's own province: nobody asks for who stands at another's. */
function challengeOf(text: string, viewer: Viewer): Challenge {
  try {
    const challenge = readChallenge(text);
    return provinceOfId(challenge.station).code === viewer.province ? challenge : refuse('PROOF_ELSEWHERE');
  } catch (error) {
    if (error instanceof PassRefusal) return refuse(error.code);
    if (error instanceof PlatformError && (error.code === 'MALFORMED_ID' || error.code === 'UNKNOWN_PROVINCE')) return refuse('PROOF_ELSEWHERE');
    throw error;
  }
}
