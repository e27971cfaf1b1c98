import { randomBytes } from 'node:crypto';
import { requireClientKey, requireMemberId } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import type { AuditedRequest } from '../audit/index.js';
import type { Transaction } from '../db/database.js';
import { lockMember } from '../member/index.js';
import { codeLifeMs, codeShown, drawCode, selectorOf } from '../oneTimeCode/index.js';
import { requireKey } from './passKeys.js';
import { recordAct, repeatedAct } from './recordAct.js';
import { requireHolder, type DepartedFrom } from './requireHolder.js';
import { revoke } from './revoke.js';
import { seconds, stateOf } from './rules.js';
import type { PassServices } from './services.js';
import { findPass, forgetCodes, insertCode, insertPasses, revokeById } from './store.js';
import type { IssueReason, PassClass, PassRecord } from './types.js';

export interface IssuePassInput { readonly memberId: string; readonly reason?: IssueReason | null; readonly clientKey: string }

export interface Issued {
  readonly pass: PassRecord;
  /** Shown this once; null when the act is repeated. */
  readonly code: string | null;
}

/** A new entry of the register. */
export const newPass = (code: string, about: Pick<PassRecord, 'memberId' | 'class' | 'state' | 'reason' | 'organizationId' | 'officeId' | 'issuedAt' | 'codeUntil'>): PassRecord => ({
  id: `${code}-${uuidv7()}`, passId: randomBytes(16).toString('hex'), ...about, enrolledAt: null, expiresAt: null, suspendedAt: null, suspendedFor: null,
  revokedAt: null, revokedFor: null, inspectedAt: null, inspection: null,
});

/**
 * Issues a pass for a phone. Its phases:
 *  1. Here: the entry of the register, the digest of a one-time code, the act and its audit row are one transaction. Nothing is signed yet.
 *  2. The code is given to the member, in person or by the branch.
 *  3. The phone makes its key and enrols with the code (enrolPass.ts): then the credential is signed, and the pass that was held before ends.
 * Who says that the phone was lost has the pass on it ended here and now.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, PASS_KEYS_MISSING, NOT_DISCLOSED, MEMBER_MOVED, TRANSFER_UNDER_WAY, PASS_SUSPENDED,
 * PASS_REASON_UNFIT, PASS_AWAITS_ENROLMENT, PASS_HELD, CLIENT_KEY_REUSED
 */
export async function issuePass(services: PassServices, viewer: Viewer, request: AuditedRequest, input: IssuePassInput, departedFrom: DepartedFrom): Promise<Issued> {
  const office = requireOffice(viewer, 'KEEP_PASSES');
  const acting = { viewer, request, clientKey: requireClientKey(input.clientKey) };
  const memberId = requireMemberId(input.memberId);
  const { db, entry, now, passes } = services;
  const wanted: { class: PassClass; reason: IssueReason } = { class: 'PHONE', reason: input.reason ?? 'FIRST' };
  return db.transaction(async (within) => {
    const owned = await lockMember(within, memberId);
    const repeated = await repeatedAct(within, acting, { act: 'ISSUED', reason: wanted.reason, memberId });
    if (repeated) return { pass: (await findPass(within, repeated.pass))!, code: null };
    const at = now();
    // A code that nothing could be signed for would be given out in vain.
    await requireKey(passes.keys, 'pass', seconds(at));
    const { member, held } = await requireHolder(within, office, { memberId, owned }, wanted, departedFrom, at);
    await revokeById(within, held.filter((pass) => stateOf(pass, at) === 'LAPSED').map(({ id }) => id), 'LAPSED', at);
    if (wanted.reason === 'LOST') await revoke(services, within, held.filter((pass) => pass.class === 'PHONE' && pass.state === 'VALID').map(({ id }) => id), 'LOST', at);
    const pass = newPass(entry.code, {
      memberId, ...wanted, state: 'AWAITING_ENROLMENT', organizationId: member.homeOrganizationId, officeId: office, issuedAt: at, codeUntil: new Date(at.getTime() + codeLifeMs),
    });
    await insertPasses(within, [pass]);
    const code = await enterCode(services, within, pass);
    await recordAct(services, within, acting, { pass: pass.id, act: 'ISSUED', reason: wanted.reason }, memberId);
    return { pass, code: codeShown(code) };
  });
}

async function enterCode({ codes }: PassServices, within: Transaction, pass: PassRecord): Promise<string> {
  await forgetCodes(within, new Date(pass.issuedAt.getTime() - 86_400_000));
  for (;;) {
    const code = drawCode();
    if (await insertCode(within, { pass: pass.id, selector: selectorOf(code), ...codes.hash(code), expiresAt: pass.codeUntil! })) return code;
  }
}
