import { createHmac } from 'node:crypto';
import { challengeText, nodePlatform, PassRefusal, stepAt, type Challenge } from '@delta/pass';
import { decodeBase45 } from '@delta/pass/lib/base45';
import { finishSync } from '@delta/pass/lib/steps';
import { base45Length, maxProof } from '@delta/pass/limits';
import { readProofCode, type ProofCode } from '@delta/pass/proof/proofCode';
import { verifyProof } from '@delta/pass/proof/verifyProof';
import { PlatformError } from '@delta/schema/errors';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { shown, type Enrolled } from './enrolPass.js';
import { requireKey } from './passKeys.js';
import { mayRenew, phoneLife, seconds } from './rules.js';
import type { PassServices } from './services.js';
import { sha256 } from './sha256.js';
import { signCredential } from './signCredential.js';
import { countCredentials, credentialByProof, holderOf, lockByCredential, newestCredential, setExpiries } from './store.js';

export interface RenewPassInput { readonly proof: string }

/** What a phone that renews signs besides its credential: where an answer to a station's challenge says its station and activity. */
const place = (code: string): Pick<Challenge, 'station' | 'activity'> => ({ station: `${code}-passes`, activity: 'renewal' });

/** The same in every replica and for everybody: that it is used once is kept with what it was answered by. */
const nonceOf = (key: Buffer, step: number): Buffer => createHmac('sha256', key).update(`renewal ${step}`).digest().subarray(0, 8);

/** `AP3:` text for a phone to answer within a minute. */
export function renewalChallenge({ entry, passes, now }: Pick<PassServices, 'entry' | 'passes' | 'now'>): string {
  const step = stepAt(seconds(now()));
  return challengeText({ ...place(entry.code), step, nonce: nonceOf(passes.challengeKeys()[0]!, step) });
}

function readProof(text: string): ProofCode {
  if (!text.startsWith('AP2:') || text.length > 4 + base45Length(maxProof)) throw new PlatformError('PASS_PROOF_REFUSED', { refusal: 'PREFIX' });
  return readProofCode(decodeBase45(text, 4, 'proof'));
}

/**
 * A new credential for the same phone, before the old one ends. The phone shows that it holds the key by answering this province's challenge
 * (`renewalChallenge`) with the credential that it has; the register says whose that is. The same answer sent again gives the same credential.
 *
 * @throws PlatformError PASS_PROOF_REFUSED (with the verifier's `refusal`), PASS_UNKNOWN, PASS_REVOKED, PASS_SUSPENDED, PASS_EXPIRED, PASS_NOT_ENROLLED,
 * PASS_RENEWAL_LIMIT, PASS_KEYS_MISSING, PASS_LIST_FULL
 */
export async function renewPass(services: PassServices, request: AuditedRequest, { proof: text }: RenewPassInput): Promise<Enrolled> {
  const { db, now } = services;
  try {
    const proof = readProof(text);
    const digest = sha256(proof.credential);
    return await db.transaction(async (within) => {
      const pass = await lockByCredential(within, digest);
      const holder = pass && await holderOf(within, pass.id);
      if (!pass || pass.class !== 'PHONE') throw new PlatformError('PASS_UNKNOWN');
      if (!holder) throw new PlatformError('PASS_REVOKED');
      const at = now();
      const signed = finishSync(verifyProof(nodePlatform, proof, { digest, holder, now: seconds(at), challenge: expected(services, proof), state: { claimProof: () => true, claimUse: () => true } }));
      const before = await credentialByProof(within, signed.digest);
      if (before?.credential && before.pass === pass.id && pass.state === 'VALID') return shown(pass, before.credential, pass.expiresAt!);
      const refusal = mayRenew(pass, await countCredentials(within, pass.id, new Date(at.getTime() + (phoneLife - 86_400) * 1000)), at);
      if (refusal) throw new PlatformError(refusal);
      // One that was signed since is waiting for the phone: of a renewal whose answer was lost, or of a reissue under another key.
      const newest = (await newestCredential(within, pass.id))!;
      const { key } = await requireKey(services.passes.keys, 'pass', seconds(at));
      if (!newest.credential.equals(proof.credential) && newest.kid === key.kid && seconds(newest.expiresAt) - seconds(at) > phoneLife / 2) return shown(pass, newest.credential, newest.expiresAt);
      const { credential, expiresAt } = await signCredential(services, within, pass, { holder, proof: signed.digest });
      await setExpiries(within, [pass.id], expiresAt);
      await recordEntries(within, request, [{ kind: 'PASS', memberId: pass.memberId, purpose: 'OWN_RECORD', reference: pass.id, fields: [], reason: 'RENEWED' }], at);
      return shown(pass, credential, expiresAt);
    });
  } catch (error) {
    throw error instanceof PassRefusal ? new PlatformError('PASS_PROOF_REFUSED', { refusal: error.code }, error) : error;
  }
}

/** The challenge that this is an answer to, if it is one of ours. */
function expected({ entry, passes }: PassServices, { step, nonce }: ProofCode): Challenge {
  const nonces = passes.challengeKeys().map((key) => nonceOf(key, step));
  return { ...place(entry.code), step, nonce: nonces.find((one) => one.equals(nonce)) ?? nonces[0]! };
}
