import { credentialText } from '@delta/pass';
import { v7 as uuidv7 } from 'uuid';
import { PlatformError } from '@delta/schema/errors';
import { recordEntries } from '../audit/index.js';
import { leavingOf, maskName } from '../member/index.js';
import { newPass } from './issuePass.js';
import { mayIssue, stateOf } from './rules.js';
import type { SigningServices } from './services.js';
import { signBatch, signingNow } from './signBatch.js';
import { insertPasses, lockBatch, revokeById } from './store.js';

export interface BatchIssue {
  /** The office that issues, for its members and those below it. */
  readonly organizationId: string;
  /** Members a transaction; 500 when left out. */
  readonly pageSize?: number;
  /** Also for who has a sheet that is still good, which ends. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal;
}

/** What a sheet is made of. `expires` in seconds, `passId` in hexadecimal. */
export interface IssuedSheet { readonly id: string; readonly passId: string; readonly memberId: string; readonly maskedName: string; readonly text: string; readonly expires: number }

/**
 * Issues passes on paper to all members of an office to whom one may be issued, page by page: one transaction, a few statements and one
 * page in memory, however many there are. Whoever takes the pages sets the pace. Started again after an interruption it passes over those who have
 * one; what is lost then is the sheets of the page that was under way, whose passes `replace` ends.
 *
 * Acts of whoever runs the province: audited one by one under one request id, without a viewer.
 * @throws PlatformError NOT_FOUND for an office that the province has not, PASS_KEYS_MISSING, PASS_LIST_FULL
 */
export async function* issueBatch(services: SigningServices, { organizationId, pageSize = 500, replace = false, signal }: BatchIssue): AsyncGenerator<readonly IssuedSheet[]> {
  if ((await services.db.query('/* pass.office */ select 1 from organization where id = $1', [organizationId])).length === 0) throw new PlatformError('NOT_FOUND');
  const requestId = uuidv7();
  for (let after: string | null = null; signal?.aborted !== true;) {
    const page: { last: string | undefined; sheets: IssuedSheet[] } = await issuePage(services, { organizationId, pageSize, replace, requestId }, after);
    if (page.last === undefined) return;
    after = page.last;
    if (page.sheets.length > 0) yield page.sheets;
  }
}

function issuePage(services: SigningServices, batch: Required<Omit<BatchIssue, 'signal'>> & { readonly requestId: string }, after: string | null): Promise<{ last: string | undefined; sheets: IssuedSheet[] }> {
  const { organizationId, pageSize, replace, requestId } = batch;
  const { db, entry, now } = services;
  return db.transaction(async (within) => {
    const at = now();
    const signing = await signingNow(services, 'PAPER', at);
    const members = await lockBatch(within, organizationId, after, pageSize);
    const leaving = await leavingOf(within, members.map(({ id }) => id));
    const wanting = members.filter(({ id, held }) => mayIssue({ leaving: leaving.has(id), passes: held }, { class: 'PAPER', reason: 'NO_PHONE' }, at) === null
      && (replace || !held.some((pass) => pass.class === 'PAPER' && stateOf(pass, at) === 'VALID')));
    const last = members.at(-1)?.id;
    if (wanting.length === 0) return { last, sheets: [] };
    await revokeById(within, wanting.flatMap(({ held }) => held.filter((pass) => pass.class === 'PAPER').map(({ id }) => id)), 'REPLACED', at);
    const passes = wanting.map((member) => ({ ...newPass(entry.code, {
      memberId: member.id, class: 'PAPER', state: 'VALID', reason: 'NO_PHONE', organizationId: member.homeOrganizationId, officeId: organizationId, issuedAt: at, codeUntil: null,
    }), expiresAt: new Date(signing.expires * 1000) }));
    await insertPasses(within, passes);
    const batchOf = passes.map(({ id, passId }, i) => ({ id, passId, maskedName: maskName(wanting[i]!.name) }));
    const credentials = await signBatch(services, within, signing, batchOf);
    await recordEntries(within, { requestId, viewer: null }, passes.map(({ id, memberId }) => ({ kind: 'PASS', memberId, purpose: 'OWN_WORK', reference: id, fields: [], reason: 'PRINTED' })), at);
    return { last, sheets: batchOf.map((pass, i) => ({ ...pass, memberId: wanting[i]!.id, text: credentialText(credentials[i]!), expires: signing.expires })) };
  });
}
