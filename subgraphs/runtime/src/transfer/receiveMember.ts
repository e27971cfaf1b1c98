import { requireIdOf } from '@delta/schema/ids';
import type { Trust } from '@delta/service/keys';
import { recordEntries } from '../audit/index.js';
import type { Envelope } from '../crypto/envelope.js';
import type { Queryable } from '../db/database.js';
import { entryEvent, keepLooks, readReleases, type Release } from '../directory/index.js';
import { eventOf, type ReceivedEvent, type Tell } from '../exchange/index.js';
import { findHolderOf, insertArrived, lockMember } from '../member/index.js';
import { declinedKind, receivedKind, type DeclinedTold, type SettledTold, type TransferredTold } from './events.js';
import { arrivalOf } from './rules.js';
import { organizationExists } from './store.js';
import type { DeclineReason } from './types.js';

/** What a province takes and gives records with. */
export interface TransferServices {
  readonly entry: { readonly code: string; readonly slug: string };
  readonly trust: Trust;
  readonly envelope: Envelope;
  readonly blindIndex: (idNumber: string) => string;
  readonly now: () => Date;
  /** Who can own records: slugs. */
  readonly owners: readonly string[];
}

/** The releases of a member, of which the last gives the record as it is said. @throws Error when it does not, or one proves nothing */
export async function proveGiven({ trust, owners }: Pick<TransferServices, 'trust' | 'owners'>, memberId: string, tokens: readonly string[], given: Pick<Release, 'from' | 'to' | 'version'>): Promise<Release[]> {
  const releases = await readReleases(trust, memberId, tokens, owners);
  const last = releases.at(-1);
  if (last?.from !== given.from || last.to !== given.to || last.version !== given.version) throw new Error('the last release does not give this record so');
  return releases;
}

/**
 * Takes a record that another province gave, within the transaction in which its event is stored: the directory and the sender are told
 * with it. What cannot be taken for a reason that the sender should hear is declined; the sender keeps the record then.
 *
 * @throws Error for a release that proves nothing: the event is parked
 */
export async function receiveMember(services: TransferServices, within: Queryable, event: ReceivedEvent<TransferredTold>, tell: Tell): Promise<void> {
  const { entry, now } = services;
  const { from, subject: memberId, data } = event;
  const { transferId, version, releases, fromOrganizationId, toOrganizationId, record } = data;
  const proven = await proveGiven(services, memberId, releases, { from, to: entry.slug, version });
  requireIdOf(entry.code, toOrganizationId);
  const settled: SettledTold = { transferId, version, releases, fromOrganizationId, toOrganizationId };
  const decline = (reason: DeclineReason): Promise<void> => tell(eventOf(declinedKind, { to: from, subject: memberId, data: { ...settled, reason } satisfies DeclinedTold }));

  const local = await lockMember(within, memberId);
  const blindIndex = record.idNumber === null ? record.blindIndex : services.blindIndex(record.idNumber);
  const arrival = arrivalOf(memberId, local && { version: local.version, held: local.shreddedAt === null }, version, await findHolderOf(within, blindIndex), Math.max(0, ...proven.filter((release) => release.from === entry.slug).map((release) => release.version)));
  if (arrival === 'ALREADY_HELD') return decline('ALREADY_HELD');
  if (arrival === 'TAKE') {
    if (!(await organizationExists(within, toOrganizationId))) return decline('UNKNOWN_ORGANIZATION');
    await insertArrived(within, { id: memberId, ...record, blindIndex, homeOrganizationId: toOrganizationId }, { version, releases }, services, now());
    await keepLooks(within, data.looks.filter((look) => look.memberId === memberId && look.recordedBy !== entry.code));
    await recordEntries(within, { requestId: event.id, viewer: null }, [{ kind: 'TRANSFER', memberId, purpose: 'AFFILIATION_TRANSFER', reference: transferId, fields: Object.keys(record).sort(), reason: 'ARRIVED' }], now());
    await tell(entryEvent(memberId, { blindIndex, version, releases }));
  }
  await tell(eventOf(receivedKind, { to: from, subject: memberId, data: settled }));
}
