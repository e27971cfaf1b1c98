import type { Platform, PlatformKey } from '../platform/platform.js';
import { refuse } from '../refusals/passRefusal.js';
import type { KeyUse, TrustedKeys, TrustKey } from '../trust/trustKey.js';
import { toHex } from './bytes.js';
import { es256, readHeader, type HeaderRules } from './readHeader.js';
import { readSign1, toBeSigned, type Sign1Form } from './sign1.js';
import { checkSignature } from './signature.js';
import { settle, type Steps } from './steps.js';

export interface OpenRules extends HeaderRules, Sign1Form {
  readonly use: KeyUse;
  /** Lets what a compromised key signed through to the caller, who holds it against the known-issued list. */
  readonly allowCompromised?: boolean;
}

/** The key that a trust list pins to the kid, for this use, with the algorithm in which it is imported. */
function findKey(trust: TrustedKeys, kid: string, { part, use, allowCompromised = false }: OpenRules): { readonly key: TrustKey; readonly imported: PlatformKey } {
  const key = trust.find(kid);
  if (!key) return refuse('KID_UNKNOWN', part);
  if (key.use !== use) refuse('KEY_USE', part);
  if (key.algorithm !== es256 || !key.imported) return refuse('ALG_NOT_PINNED', part);
  if (!allowCompromised && trust.isCompromised(kid)) refuse('KEY_COMPROMISED', part);
  return { key, imported: key.imported };
}

/**
 * A COSE_Sign1, verified: form, signature's form, header, key, signature. The payload has not been looked into before, and has
 * not been here: that is the caller's.
 */
export function* openSign1(platform: Platform, bytes: Uint8Array, trust: TrustedKeys, rules: OpenRules): Steps<{ readonly payload: Uint8Array; readonly key: TrustKey }> {
  const { protectedBytes, unprotected, payload, signature } = readSign1(bytes, rules);
  checkSignature(signature, rules.part, { lowS: !rules.lenient });
  const kid = toHex(readHeader(protectedBytes, unprotected, rules));
  const { key, imported } = findKey(trust, kid, rules);
  const good = yield* settle(platform.verify(imported, toBeSigned(protectedBytes, payload), signature));
  // Only the word true lets anything in.
  if (good !== true) refuse('SIGNATURE_INVALID', rules.part);
  return { payload, key };
}

/** Whether the key was in use at the time that the signed thing begins or was made. */
export function checkKeyTime(key: TrustKey, time: number, part: HeaderRules['part']): void {
  if (time < key.from) refuse('KEY_NOT_YET_VALID', part);
  if (time > key.until) refuse('KEY_RETIRED', part);
}
