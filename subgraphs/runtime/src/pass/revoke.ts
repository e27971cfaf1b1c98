import type { Transaction } from '../db/database.js';
import { eventOf } from '../exchange/index.js';
import { revokedKind } from './passEvents.js';
import type { PassServices } from './services.js';
import { listedPlaces, revokeById } from './store.js';
import type { RevokedFor } from './types.js';

/**
 * Ends passes for good. The other provinces are told of those that stand in a status list, in the same transaction, so that a backup of
 * before brings none of them back (`passEvents.ts`).
 */
export async function revoke({ exchange }: Pick<PassServices, 'exchange'>, within: Transaction, ids: readonly string[], reason: RevokedFor, at: Date): Promise<void> {
  await revokeById(within, ids, reason, at);
  const listed = await listedPlaces(within, ids);
  // The zone is told of no pass.
  const others = (await exchange.peers.list()).filter(({ name }) => name !== 'zone');
  await exchange.tell(within, listed.flatMap(({ pass, places }) => others.map(({ name }) => eventOf(revokedKind, { to: name, subject: pass, data: { places } }))), at);
}
