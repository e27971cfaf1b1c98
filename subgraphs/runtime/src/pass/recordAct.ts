import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { Queryable } from '../db/database.js';
import type { PassServices } from './services.js';
import { findAct, insertAct, type PassAct } from './store.js';
import type { PassActName } from './types.js';

/** Who acts, in which request, and the client's key for it. */
export interface Acting { readonly viewer: Viewer; readonly request: AuditedRequest; readonly clientKey: string }

/** What is done to which pass; before there is one, to whose. */
export interface WantedAct { readonly act: PassActName; readonly reason: string | null; readonly pass?: string; readonly memberId?: string }

/** The same act, done before by this client. @throws PlatformError CLIENT_KEY_REUSED when it was another */
export async function repeatedAct(db: Queryable, { viewer, clientKey }: Pick<Acting, 'viewer' | 'clientKey'>, wanted: WantedAct): Promise<PassAct | undefined> {
  const act = await findAct(db, viewer, clientKey);
  if (act && (act.act !== wanted.act || act.reason !== wanted.reason || (wanted.pass ?? act.pass) !== act.pass || (wanted.memberId ?? act.memberId) !== act.memberId)) throw new PlatformError('CLIENT_KEY_REUSED');
  return act;
}

/** Records an act of an office with its audit row, in the transaction that does it. @throws PlatformError CLIENT_KEY_REUSED when the same key was used meanwhile */
export async function recordAct({ entry, now }: Pick<PassServices, 'entry' | 'now'>, within: Queryable, { viewer, request, clientKey }: Acting, act: Omit<PassAct, 'id'>, memberId: string): Promise<void> {
  const at = now();
  if (!(await insertAct(within, { id: `${entry.code}-${uuidv7()}`, ...act }, viewer, clientKey, at))) throw new PlatformError('CLIENT_KEY_REUSED');
  await recordEntries(within, request, [{ kind: 'PASS', memberId, purpose: 'OWN_WORK', reference: act.pass, fields: [], reason: act.act }], at);
}
