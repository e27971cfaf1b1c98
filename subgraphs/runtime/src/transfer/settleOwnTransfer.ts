import { recordEntries } from '../audit/index.js';
import type { Queryable } from '../db/database.js';
import { entryEvent } from '../directory/index.js';
import type { ReceivedEvent, Tell } from '../exchange/index.js';
import { buryMember, lockMember, raiseVersion } from '../member/index.js';
import type { DeclinedTold, SettledTold } from './events.js';
import { proveGiven, type TransferServices } from './receiveMember.js';
import { isNews, versionAfterDecline } from './rules.js';
import { insertTransfer, settleTransfer } from './store.js';
import type { DeclineReason, OwnershipTransfer } from './types.js';

/**
 * The other province holds the record: here it becomes a tombstone, and the directory is told by us too, so that it follows whichever of
 * both it hears first. The word counts for itself: also where this province was restored to a backup that does not know that it gave
 * the record, since its own signed release is in it.
 */
export async function settleReceived(services: TransferServices, within: Queryable, event: ReceivedEvent<SettledTold>, tell: Tell): Promise<void> {
  await requireOwnRelease(services, event);
  const { subject: memberId, from, data: { version, releases } } = event;
  const local = await lockMember(within, memberId);
  if (await keepSettled(services, within, event, 'RECEIVED', null)) await record(services, within, event, 'RECEIVED');
  if (!isNews(local && { version: local.version, held: local.shreddedAt === null }, version)) return;
  await buryMember(within, memberId, { to: from, version, releases }, services.now());
  if (local?.blindIndex != null) await tell(entryEvent(memberId, { blindIndex: local.blindIndex, version, releases }));
}

/** The other province does not take the record: it stays here, and stands above the version that was released. */
export async function settleDeclined(services: TransferServices, within: Queryable, event: ReceivedEvent<DeclinedTold>, tell: Tell): Promise<void> {
  await requireOwnRelease(services, event);
  const { subject: memberId, data: { version, releases, reason } } = event;
  const local = await lockMember(within, memberId);
  if (await keepSettled(services, within, event, 'DECLINED', reason)) await record(services, within, event, reason);
  if (!local?.blindIndex || !isNews({ version: local.version, held: true }, version)) return;
  const raised = versionAfterDecline(version);
  await raiseVersion(within, memberId, raised);
  await tell(entryEvent(memberId, { blindIndex: local.blindIndex, version: raised, releases: releases.slice(0, -1) }));
}

/** What is settled was ours to give, to who settles it. @throws Error */
async function requireOwnRelease(services: TransferServices, { from, subject, data: { version, releases } }: ReceivedEvent<SettledTold>): Promise<void> {
  await proveGiven(services, subject, releases, { from: services.entry.slug, to: from, version });
}

/** @returns whether it was not settled before: the first word counts, whatever a peer that was restored says later */
async function keepSettled({ now }: TransferServices, within: Queryable, { from, time, subject, data }: ReceivedEvent<SettledTold>, state: OwnershipTransfer['state'], reason: DeclineReason | null): Promise<boolean> {
  const { transferId, version, releases, fromOrganizationId, toOrganizationId } = data;
  const at = new Date(time);
  const unknown = await insertTransfer(within, { id: transferId, memberId: subject, version, peer: from, fromOrganizationId, toOrganizationId, release: releases.at(-1)!, state, reason, openedAt: at, settledAt: now() }, null);
  return unknown !== null || settleTransfer(within, transferId, state, reason, now());
}

const record = ({ now }: TransferServices, within: Queryable, { id, subject, data }: ReceivedEvent<SettledTold>, reason: string): Promise<void> =>
  recordEntries(within, { requestId: id, viewer: null }, [{ kind: 'TRANSFER', memberId: subject, purpose: 'AFFILIATION_TRANSFER', reference: data.transferId, fields: [], reason }], now());
