import { PlatformError } from '@delta/schema/errors';
import { provinceOfId, requireClientKey, requireMemberId } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import { looksAt } from '../accessLog/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { signRelease } from '../directory/index.js';
import { eventOf } from '../exchange/index.js';
import { heldMember, lockMember, type HeldMember } from '../member/index.js';
import { revokePassesOf } from '../pass/index.js';
import type { ProvinceServices } from '../server/services.js';
import { mostTravellingLooks, transferredKind, type TransferredTold, type TravellingRecord } from './events.js';
import { findDepartures, findTransferByKey, insertTransfer } from './store.js';
import type { OwnershipTransfer } from './types.js';

export interface TransferOwnershipInput { readonly memberId: string; readonly organizationId: string; readonly clientKey: string }

/**
 * Hands a member's record to an organisation of another province. Its phases, each at its owner:
 *  1. Here: the act, a signed release for the next ownership version, and the event with the record are one transaction. The record stays
 *     ours, and is read as before, until the other province has it.
 *  2. There: it is taken and the directory told, or declined (transferEvents.ts).
 *  3. Here again: what was taken becomes a tombstone; what was declined stays, above the version that was released.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, UNKNOWN_PROVINCE, TRANSFER_DESTINATION, PEER_UNKNOWN, NOT_DISCLOSED,
 * MEMBER_MOVED, TRANSFER_UNDER_WAY, CLIENT_KEY_REUSED
 */
export async function transferOwnership(services: Pick<ProvinceServices, 'db' | 'entry' | 'signer' | 'envelope' | 'now'> & { readonly exchange: Pick<ProvinceServices['exchange'], 'peers' | 'tell' | 'knows'> }, viewer: Viewer, request: AuditedRequest, input: TransferOwnershipInput): Promise<OwnershipTransfer> {
  const office = requireOffice(viewer, 'TRANSFER_OWNERSHIP');
  const clientKey = requireClientKey(input.clientKey);
  const memberId = requireMemberId(input.memberId);
  const { db, entry, exchange, signer } = services;
  const destination = provinceOfId(input.organizationId);
  if (destination.code === entry.code) throw new PlatformError('TRANSFER_DESTINATION');
  const repeated = await findTransferByKey(db, viewer, clientKey);
  if (repeated) return sameAct(repeated, input);
  if (!(await exchange.knows(destination.slug))) throw new PlatformError('PEER_UNKNOWN');
  const now = services.now();
  const opened = await db.transaction(async (within) => {
    const owned = await lockMember(within, memberId);
    // The same act, sent twice at once: the second waited for the first.
    if (await findTransferByKey(within, viewer, clientKey)) return null;
    if (owned?.movedTo != null && (await findDepartures(within, [memberId])).some(({ path }) => path.includes(office))) throw new PlatformError('MEMBER_MOVED');
    const member = owned && await heldMember(within, memberId);
    if (!owned || !member?.path.includes(office)) throw new PlatformError('NOT_DISCLOSED');
    if (owned.leaving) throw new PlatformError('TRANSFER_UNDER_WAY');
    const version = owned.version + 1;
    const release = await signRelease(signer, { memberId, to: destination.slug, version });
    const transfer = await insertTransfer(within, {
      id: `${entry.code}-${uuidv7()}`, memberId, version, peer: destination.slug, fromOrganizationId: member.homeOrganizationId, toOrganizationId: input.organizationId,
      release, state: 'SENT', reason: null, openedAt: now, settledAt: null,
    }, { viewer, clientKey });
    if (!transfer) return null;
    // The next owner may hold the record before we hear of it, and issues its own: from here on nobody attends by ours, declined or not.
    await revokePassesOf(services, within, memberId, 'TRANSFERRED', now);
    const record = travelling(services, member);
    const told: TransferredTold = {
      transferId: transfer.id, version, releases: [...owned.releases, release], fromOrganizationId: transfer.fromOrganizationId, toOrganizationId: transfer.toOrganizationId,
      record, looks: await looksAt(within, entry.code, memberId, mostTravellingLooks),
    };
    await exchange.tell(within, [eventOf(transferredKind, { to: destination.slug, subject: memberId, data: told })], now);
    await recordEntries(within, request, [{ kind: 'TRANSFER', memberId, purpose: 'AFFILIATION_TRANSFER', reference: transfer.id, fields: Object.keys(record).sort(), reason: 'SENT' }], now);
    return transfer;
  });
  const act = opened ?? await findTransferByKey(db, viewer, clientKey);
  // Two acts at once: the second waited for the member's row, and what it read with that is older than the first.
  if (!act) throw new PlatformError('TRANSFER_UNDER_WAY');
  return sameAct(act, input);
}

function sameAct(act: OwnershipTransfer, { memberId, organizationId }: TransferOwnershipInput): OwnershipTransfer {
  if (act.memberId !== memberId || act.toOrganizationId !== organizationId) throw new PlatformError('CLIENT_KEY_REUSED');
  return act;
}

function travelling({ envelope }: Pick<ProvinceServices, 'envelope'>, member: HeldMember): TravellingRecord {
  const open = (field: 'idNumber' | 'phone'): string | null => {
    const stored = member[field];
    return stored === null ? null : envelope.open(member.id, member.dataKey, field, stored);
  };
  const { name, gender, joinedOn, probationary, affiliation, externalHomeText, externalHomeDivision, blindIndex } = member;
  return {
    name, gender, joinedOn, probationary, affiliation, blindIndex, idNumber: open('idNumber'), phone: open('phone'),
    externalHome: externalHomeText !== null && externalHomeDivision !== null ? { text: externalHomeText, divisionCode: externalHomeDivision } : null,
  };
}
