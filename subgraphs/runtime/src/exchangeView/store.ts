import type { Queryable } from '../db/database.js';
import type { ExchangeAct } from './types.js';

export const insertAct = async (within: Queryable, id: string, { act, peer, seq, reason, applied, parked, lost, renumbered }: ExchangeAct, at: Date): Promise<void> => {
  await within.query(`/* exchangeView.act */
    insert into exchange_act (id, at, act, peer, seq, reason, applied, parked, lost, renumbered) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  [id, at, act, peer, seq, reason, applied ?? null, parked ?? null, lost ?? null, renumbered ?? null]);
};
