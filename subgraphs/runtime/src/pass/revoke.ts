import type { Transaction } from '../db/database.js';
import { eventOf } from '../exchange/index.js';
import { revokedKind } from './passEvents.js';
import type { PassServices } from './services.js';
import { heldPasses, placesByPass, revokeById } from './store.js';
import type { RevokedFor } from './types.js';

/**
 * Ends passes for good. The other provinces are told, in the same transaction, so that a backup of before brings none of them back
 * (`passEvents.ts`).
 */
export async function revoke({ exchange }: Pick<PassServices, 'exchange'>, within: Transaction, ids: readonly string[], reason: RevokedFor, at: Date): Promise<void> {
  await revokeById(within, ids, reason, at);
  const ended = await placesByPass(within, ids);
  // The zone is told of no pass.
  const others = (await exchange.peers.list()).filter(({ name }) => name !== 'zone');
  await exchange.tell(within, ended.flatMap(({ pass, places }) => others.map(({ name }) => eventOf(revokedKind, { to: name, subject: pass, data: { places } }))), at);
}

/** Ends what a member holds, which the transaction has locked. */
export const revokeHeld = async (services: Pick<PassServices, 'exchange'>, within: Transaction, memberId: string, reason: RevokedFor, at: Date): Promise<void> =>
  revoke(services, within, (await heldPasses(within, memberId)).map(({ id }) => id), reason, at);
