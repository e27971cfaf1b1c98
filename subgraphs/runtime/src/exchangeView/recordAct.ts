import { v7 as uuidv7 } from 'uuid';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { Queryable } from '../db/database.js';
import type { ProvinceServices } from '../server/services.js';
import { insertAct } from './store.js';
import type { ExchangeAct } from './types.js';

/** Records what an operator did, with its audit row, in the transaction that does it. */
export async function recordAct({ entry, now }: ProvinceServices, within: Queryable, request: AuditedRequest, act: ExchangeAct): Promise<void> {
  const id = `${entry.code}-${uuidv7()}`;
  const at = now();
  await insertAct(within, id, act, at);
  await recordEntries(within, request, [{ kind: 'EXCHANGE', memberId: null, purpose: null, reference: id, fields: [], reason: act.act }], at);
}
