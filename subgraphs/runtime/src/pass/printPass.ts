import { credentialText } from '@delta/pass';
import { requireClientKey, requireMemberId } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import type { AuditedRequest } from '../audit/index.js';
import { lockMember, maskName } from '../member/index.js';
import { newPass } from './issuePass.js';
import { recordAct, repeatedAct } from './recordAct.js';
import { requireHolder, type DepartedFrom } from './requireHolder.js';
import { revoke } from './revoke.js';
import { seconds } from './rules.js';
import type { PassServices } from './services.js';
import { signCredential } from './signCredential.js';
import { findPass, insertPasses, setExpiries } from './store.js';
import type { IssueReason, PassRecord } from './types.js';

export interface PrintPassInput { readonly memberId: string; readonly reason?: IssueReason | null; readonly clientKey: string }

export interface Printed {
  readonly pass: PassRecord;
  /** The sheet and what its code says; null when the act is repeated, since what bears a name is not kept. */
  readonly sheet: { readonly pdf: Uint8Array; readonly text: string } | null;
}

/**
 * Issues a pass on paper, for thirty days, and makes its sheet. It shows a masked name, is held against the identity document by hand, and
 * ends the sheet that the member had before; a phone's pass goes on.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, PASS_KEYS_MISSING, NOT_DISCLOSED, MEMBER_MOVED, TRANSFER_UNDER_WAY, PASS_SUSPENDED,
 * PASS_LIST_FULL, CLIENT_KEY_REUSED
 */
export async function printPass(services: PassServices, viewer: Viewer, request: AuditedRequest, input: PrintPassInput, departedFrom: DepartedFrom): Promise<Printed> {
  const office = requireOffice(viewer, 'KEEP_PASSES');
  const acting = { viewer, request, clientKey: requireClientKey(input.clientKey) };
  const memberId = requireMemberId(input.memberId);
  const { db, entry, now, passes } = services;
  const wanted = { class: 'PAPER', reason: input.reason ?? 'NO_PHONE' } as const;
  return db.transaction(async (within): Promise<Printed> => {
    const owned = await lockMember(within, memberId);
    const repeated = await repeatedAct(within, acting, { act: 'PRINTED', reason: wanted.reason, memberId });
    if (repeated) return { pass: (await findPass(within, repeated.pass))!, sheet: null };
    const at = now();
    const { member, held } = await requireHolder(within, office, { memberId, owned }, wanted, departedFrom, at);
    await revoke(services, within, held.filter((one) => one.class === 'PAPER').map(({ id }) => id), 'REPLACED', at);
    const maskedName = maskName(member.name);
    const entered: PassRecord = { ...newPass(entry.code, { memberId, ...wanted, state: 'VALID', organizationId: member.homeOrganizationId, officeId: office, issuedAt: at, codeUntil: null }), expiresAt: at };
    await insertPasses(within, [entered]);
    const { credential, expiresAt } = await signCredential(services, within, entered, { maskedName });
    await setExpiries(within, [entered.id], expiresAt);
    await recordAct(services, within, acting, { pass: entered.id, act: 'PRINTED', reason: wanted.reason }, memberId);
    const text = credentialText(credential);
    // Before the commit: a sheet that cannot be made ends none, and the member keeps what was held.
    const pdf = await passes.paper({ text, maskedName, issuerName: entry.name, expires: seconds(expiresAt), passId: entered.passId });
    return { pass: { ...entered, expiresAt }, sheet: { pdf, text } };
  });
}
