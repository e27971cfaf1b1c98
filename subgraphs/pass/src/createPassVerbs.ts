import { verifyHealthCertificate, type HealthContext, type ValidHealthCertificate } from './credential/verifyHealthCertificate.js';
import { verifyPass, type PassContext, type ValidPass } from './credential/verifyPass.js';
import { finish, finishSync, type Steps } from './lib/steps.js';
import type { PassSigner } from './lib/signer.js';
import type { Platform } from './platform/platform.js';
import { signProof, type ProofOptions } from './proof/signProof.js';
import { PassRefusal } from './refusals/passRefusal.js';
import { verifyStationRecord } from './station/stationRecord.js';
import { openStatusList } from './status/openStatusList.js';
import { signStatusList } from './status/signStatusList.js';
import type { StatusList } from './status/statusList.js';
import { fingerprintOfRoots } from './trust/fingerprintOfRoots.js';
import { openKnownIssued } from './trust/knownIssued.js';
import { openTrustList } from './trust/openTrustList.js';
import { signTrustList } from './trust/signTrustList.js';
import type { TrustListContent } from './trust/trustList.js';

export type Refused = { readonly valid: false; readonly refusal: PassRefusal };
export type PassOutcome = ValidPass | Refused;
export type HealthOutcome = ValidHealthCertificate | Refused;

/** A refusal is an outcome; anything else is a fault of ours or of the platform, and stays one. */
function refused(error: unknown): Refused {
  if (error instanceof PassRefusal) return { valid: false, refusal: error };
  throw error;
}

type Verb<O, R> = (platform: Platform, input: Uint8Array, options: O) => Steps<R>;

/** The verbs that need a platform, bound to one. Lists and records throw PassRefusal; `verifyPass` gives it back as a value. */
export function createPassVerbs(platform: Platform) {
  // A copy: what is verified is then what is read, whatever the caller does to his bytes meanwhile.
  const bind = <O, R>(verb: Verb<O, R>) => (input: Uint8Array, options: O): Promise<R> => finish(verb(platform, new Uint8Array(input), options));

  function stepsOf(text: string, context: PassContext | HealthContext): Steps<ValidPass | ValidHealthCertificate> {
    return context.profile === 'hc1' ? verifyHealthCertificate(platform, text, context) : verifyPass(platform, text, context);
  }
  function verify(text: string, context: PassContext): Promise<PassOutcome>;
  function verify(text: string, context: HealthContext): Promise<HealthOutcome>;
  function verify(text: string, context: PassContext | HealthContext): Promise<PassOutcome | HealthOutcome> {
    return finish(stepsOf(text, context)).catch(refused);
  }
  /** Where the platform and the station's state answer at once, as in Node; a TypeError otherwise. */
  function verifySync(text: string, context: PassContext): PassOutcome;
  function verifySync(text: string, context: HealthContext): HealthOutcome;
  function verifySync(text: string, context: PassContext | HealthContext): PassOutcome | HealthOutcome {
    try {
      return finishSync(stepsOf(text, context));
    } catch (error) {
      return refused(error);
    }
  }

  return {
    verifyPass: verify,
    verifyPassSync: verifySync,
    openTrustList: bind(openTrustList),
    openStatusList: bind(openStatusList),
    openKnownIssued: bind(openKnownIssued),
    verifyStationRecord: bind(verifyStationRecord),
    fingerprintOfRoots: (roots: Parameters<typeof fingerprintOfRoots>[1]): Promise<string> => finish(fingerprintOfRoots(platform, roots)),
    signProof: (credential: Uint8Array, options: ProofOptions, signer: Pick<PassSigner, 'sign'>): Promise<string> => signProof(platform, credential, options, signer),
    signStatusList: (list: StatusList, signer: PassSigner): Promise<Uint8Array> => signStatusList(platform, list, signer),
    signTrustList: (content: TrustListContent, signers: readonly PassSigner[]): Promise<Uint8Array> => signTrustList(platform, content, signers),
  };
}
