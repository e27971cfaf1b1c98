import { isMemberId } from '@delta/schema/ids';
import { isBlindIndex, isLook, isReleases, isVersion, type KeptLook } from '../directory/index.js';
import { declineReasons, type DeclineReason } from './types.js';

/** The record as it travels: everything that the next owner needs, in clear within the event, which both sides seal. */
export interface TravellingRecord {
  readonly name: string;
  readonly gender: string;
  readonly joinedOn: string | null;
  readonly probationary: boolean | null;
  readonly affiliation: string;
  readonly externalHome: { readonly text: string; readonly divisionCode: string } | null;
  readonly idNumber: string | null;
  readonly phone: string | null;
  readonly blindIndex: string;
}

/** A member's record, given to the province that receives it. The member's id is the subject. */
export interface TransferredTold {
  readonly transferId: string;
  readonly version: number;
  /** Releases of all owners so far, the sender's last. */
  readonly releases: readonly string[];
  readonly fromOrganizationId: string;
  readonly toOrganizationId: string;
  readonly record: TravellingRecord;
  /** Looks at the record so far, newest first: the member goes on seeing them. */
  readonly looks: readonly KeptLook[];
}

/** What became of it; with enough for a sender that was restored to a backup of before. */
export type SettledTold = Omit<TransferredTold, 'record' | 'looks'>;

export interface DeclinedTold extends SettledTold { readonly reason: DeclineReason }

/** Most looks that travel with a record. */
export const mostTravellingLooks = 1_000;

const isText = (value: unknown, longest = 500): value is string => typeof value === 'string' && value.length > 0 && value.length <= longest;
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

function settledIn(data: unknown): SettledTold {
  const { transferId, version, releases, fromOrganizationId, toOrganizationId } = (data ?? {}) as Record<string, unknown>;
  if (!isText(transferId, 60) || !isVersion(version) || !isReleases(releases) || releases.length === 0 || !isText(fromOrganizationId, 60) || !isText(toOrganizationId, 60)) throw new Error('no transfer');
  return { transferId, version, releases, fromOrganizationId, toOrganizationId };
}

function recordIn(value: unknown): TravellingRecord {
  const record = (value ?? {}) as Record<keyof TravellingRecord, unknown>;
  const home = record.externalHome as Record<string, unknown> | null;
  const sound = isText(record.name) && isText(record.gender, 20) && (record.joinedOn === null || (isText(record.joinedOn, 10) && !Number.isNaN(Date.parse(record.joinedOn))))
    && (record.probationary === null || typeof record.probationary === 'boolean') && isText(record.affiliation, 20) && isTextOrNull(record.idNumber) && isTextOrNull(record.phone)
    && isBlindIndex(record.blindIndex) && (home === null || (isText(home['text']) && isText(home['divisionCode'], 12)));
  if (!sound) throw new Error('no record');
  return record as unknown as TravellingRecord;
}

export const transferredKind = {
  type: 'member.transferred', version: 1, personal: true,
  parse(data: unknown): TransferredTold {
    const { record, looks } = (data ?? {}) as Record<string, unknown>;
    if (!Array.isArray(looks) || looks.length > mostTravellingLooks || !looks.every((look: unknown) => isLook(look) && isText((look as Partial<KeptLook>).recordedBy, 10) && isMemberId(look.memberId))) throw new Error('no looks');
    return { ...settledIn(data), record: recordIn(record), looks: looks as KeptLook[] };
  },
} as const;

export const receivedKind = { type: 'member.received', version: 1, personal: false, parse: settledIn } as const;

export const declinedKind = {
  type: 'member.declined', version: 1, personal: false,
  parse(data: unknown): DeclinedTold {
    const reason = declineReasons.find((each) => each === (data as { reason?: unknown } | null)?.reason);
    if (!reason) throw new Error('no reason');
    return { ...settledIn(data), reason };
  },
} as const;
