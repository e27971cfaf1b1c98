import { PlatformError } from '@delta/schema/errors';
import { requireClientKey, requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import type { AuditedRequest } from '../audit/index.js';
import type { Transaction } from '../db/database.js';
import { recordAct, repeatedAct } from './recordAct.js';
import type { PassServices } from './services.js';
import { findPass, lockPass } from './store.js';
import type { PassActName, PassRecord } from './types.js';

export interface ChangeInput { readonly id: string; readonly clientKey: string }

/** What is done to a pass, once it is locked. `reason` is recorded with it. */
export interface Change {
  readonly act: PassActName;
  readonly reason: string | null;
  apply(within: Transaction, pass: PassRecord, at: Date): Promise<void>;
}

/**
 * An office's act on a pass that was issued at its organisation or below it: locked, judged, done and recorded in one transaction.
 * The same client key repeats it.
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, PASS_UNKNOWN, CLIENT_KEY_REUSED, and what `apply` throws
 */
export async function changePass(services: PassServices, viewer: Viewer, request: AuditedRequest, input: ChangeInput, { act, reason, apply }: Change): Promise<PassRecord> {
  const office = requireOffice(viewer, 'KEEP_PASSES');
  const acting = { viewer, request, clientKey: requireClientKey(input.clientKey) };
  const id = requireIdOf(services.entry.code, input.id);
  return services.db.transaction(async (within) => {
    const pass = await lockPass(within, id);
    if (!pass?.path.includes(office)) throw new PlatformError('PASS_UNKNOWN');
    if (!(await repeatedAct(within, acting, { act, reason, pass: id }))) {
      await apply(within, pass, services.now());
      await recordAct(services, within, acting, { pass: id, act, reason }, pass.memberId);
    }
    return (await findPass(within, id))!;
  });
}
