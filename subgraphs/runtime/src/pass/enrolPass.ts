import { credentialText } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { Transaction } from '../db/database.js';
import { lockMember } from '../member/index.js';
import { codeFault, codeTries, readCode, readPoint, selectorOf, type CodeFault } from '../oneTimeCode/index.js';
import { revoke } from './revoke.js';
import { stateOf } from './rules.js';
import type { PassServices } from './services.js';
import { signCredential } from './signCredential.js';
import { countTry, findPass, heldPasses, holderOf, lockCode, newestCredential, setCodeUsed, setEnrolled, type FoundCode } from './store.js';
import type { PassRecord } from './types.js';

export interface EnrolPassInput { readonly code: string; readonly holderKey: string; readonly clientKey: string }

/** What a phone keeps. */
export interface Enrolled { readonly credential: string; readonly passId: string; readonly expiresAt: Date }

type Outcome = Enrolled | { readonly refused: CodeFault };

/**
 * Binds a pass to the key of a phone. The code is the authority: nobody needs to be signed in. Whoever guesses has five tries at each code
 * out of 2^50 behind the five characters that find it, and learns of none whether it is, was used or is late. Wrong codes are counted by the code that they
 * were for and nowhere else: a count that all share would be anybody's to use up, and would stop the enrolment of all. The phone that lost our answer asks
 * again with the same key of its own and is answered alike.
 *
 * @throws PlatformError HOLDER_KEY_INVALID, CLIENT_KEY_INVALID, ENROLMENT_CODE_INVALID, _USED, _EXPIRED, _LOCKED, TRANSFER_UNDER_WAY,
 * PASS_SUSPENDED, PASS_REVOKED, PASS_KEYS_MISSING, PASS_LIST_FULL
 */
export async function enrolPass(services: PassServices, request: AuditedRequest, input: EnrolPassInput): Promise<Enrolled> {
  const holder = readPoint(input.holderKey)?.publicKey;
  if (!holder) throw new PlatformError('HOLDER_KEY_INVALID');
  const clientKey = requireClientKey(input.clientKey);
  const code = readCode(input.code);
  // Committed also where it is refused: the try counts.
  const outcome = code === undefined ? { refused: 'INVALID' } as const : await services.db.transaction((within) => enter(services, within, request, { code, holder, clientKey }));
  if ('refused' in outcome) throw new PlatformError(`ENROLMENT_CODE_${outcome.refused}`);
  return outcome;
}

async function enter(services: PassServices, within: Transaction, request: AuditedRequest, { code, holder, clientKey }: { code: string; holder: Buffer; clientKey: string }): Promise<Outcome> {
  const at = services.now();
  const found = await lockCode(within, selectorOf(code));
  const matches = found !== undefined && services.codes.matches(code, found);
  const refused = codeFault(found && { ...found, used: found.usedAt !== null }, matches, codeTries, at);
  if (refused === 'USED') return (await repeated(within, found!, holder, clientKey)) ?? { refused };
  if (refused) {
    if (found && !matches && found.tries < codeTries) await countTry(within, found.pass);
    return { refused };
  }
  return enrol(services, within, request, found!, holder, clientKey);
}

async function repeated(within: Transaction, { pass: id, clientKey: usedWith }: FoundCode, holder: Buffer, clientKey: string): Promise<Enrolled | null> {
  if (usedWith !== clientKey || (await holderOf(within, id))?.equals(holder) !== true) return null;
  const [pass, newest] = [await findPass(within, id), await newestCredential(within, id)];
  return pass?.state === 'VALID' && newest ? shown(pass, newest.credential, newest.expiresAt) : null;
}

async function enrol(services: PassServices, within: Transaction, request: AuditedRequest, { pass: id, memberId }: FoundCode, holder: Buffer, clientKey: string): Promise<Enrolled> {
  const at = services.now();
  // The member's row first, as whoever issues does: so neither waits for the other.
  const owned = await lockMember(within, memberId);
  if (owned?.leaving) throw new PlatformError('TRANSFER_UNDER_WAY');
  const held = await heldPasses(within, memberId);
  const pass = held.find((one) => one.id === id);
  if (!pass) throw new PlatformError('PASS_REVOKED');
  // As where one is issued: a code that was given out before leads around no suspension, of paper neither.
  if (held.some((one) => stateOf(one, at) === 'SUSPENDED')) throw new PlatformError('PASS_SUSPENDED');
  // One live phone pass a member: what was held before ends as the new one begins.
  await revoke(services, within, held.filter((one) => one.id !== id && one.class === 'PHONE').map((one) => one.id), 'REPLACED', at);
  const { credential, expiresAt } = await signCredential(services, within, pass, { holder });
  await setEnrolled(within, id, holder, expiresAt, at);
  await setCodeUsed(within, id, clientKey, at);
  await recordEntries(within, request, [{ kind: 'PASS', memberId, purpose: 'OWN_RECORD', reference: id, fields: [], reason: 'ENROLLED' }], at);
  return shown(pass, credential, expiresAt);
}

export const shown = ({ passId }: Pick<PassRecord, 'passId'>, credential: Uint8Array, expiresAt: Date): Enrolled => ({ credential: credentialText(credential), passId, expiresAt });
