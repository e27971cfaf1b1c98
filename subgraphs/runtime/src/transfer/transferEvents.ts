import type { Queryable } from '../db/database.js';
import { readReleases } from '../directory/index.js';
import type { EventType, ReceivedEvent } from '../exchange/index.js';
import { insertArrived, lockMember } from '../member/index.js';
import { declinedKind, receivedKind, transferredKind, type DeclinedTold, type SettledTold, type TransferredTold } from './events.js';
import { receiveMember, type TransferServices } from './receiveMember.js';
import { settleDeclined, settleReceived } from './settleOwnTransfer.js';
import { insertTransfer } from './store.js';

/** How a record moves between provinces: it is given, and then received or declined. */
export const transferEvents = (services: TransferServices): readonly EventType[] => [
  {
    ...transferredKind,
    async apply(within, events, tell) { for (const event of events) await receiveMember(services, within, event as ReceivedEvent<TransferredTold>, tell); },
    async restore(within, events) { for (const event of events) await restoreGiven(services, within, event as ReceivedEvent<TransferredTold>); },
  },
  {
    ...receivedKind,
    async apply(within, events, tell) { for (const event of events) await settleReceived(services, within, event as ReceivedEvent<SettledTold>, tell); },
  },
  {
    ...declinedKind,
    async apply(within, events, tell) { for (const event of events) await settleDeclined(services, within, event as ReceivedEvent<DeclinedTold>, tell); },
  },
];

/**
 * This province was restored to a backup of before it gave a record: that it is given is so again. Where the backup is older than the
 * record's arrival here, the record comes back with it, since nobody may be lost between two provinces.
 */
async function restoreGiven({ envelope, now, trust, owners }: TransferServices, within: Queryable, { subject: memberId, time, data }: ReceivedEvent<TransferredTold>): Promise<void> {
  const { transferId, version, releases, fromOrganizationId, toOrganizationId, record } = data;
  const local = await lockMember(within, memberId);
  // Its end was heard before its beginning came back.
  if (local && local.version >= version) return;
  if (local?.shreddedAt != null || !local) {
    await insertArrived(within, { id: memberId, ...record, homeOrganizationId: fromOrganizationId }, { version: version - 1, releases: releases.slice(0, -1) }, { envelope }, now());
  }
  const given = (await readReleases(trust, memberId, releases, owners)).at(-1)!;
  await insertTransfer(within, { id: transferId, memberId, version, peer: given.to, fromOrganizationId, toOrganizationId, release: releases.at(-1)!, state: 'SENT', reason: null, openedAt: new Date(time), settledAt: null }, null);
}
