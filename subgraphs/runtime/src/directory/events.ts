import { isMemberId } from '@delta/schema/ids';
import type { Queryable } from '../db/database.js';
import { eventOf, onlyTold, type EventType, type OutgoingEvent } from '../exchange/index.js';
import { mostReleases } from './release.js';
import { storeClaims, storeLooks } from './store.js';

/** Who holds a member from a version on: told by the new owner and by the one before, whichever is heard first. The member's id is the subject. */
export interface EntryTold { readonly blindIndex: string; readonly version: number; readonly releases: readonly string[] }

/** Two provinces, or two ids, for one person: told to both sides. */
export interface DuplicateClaim {
  readonly id: string;
  /** The member that the directory has. */
  readonly memberId: string;
  /** The id under which the claimant holds the person. */
  readonly claimedId: string;
  /** Slugs. */
  readonly claimant: string;
  readonly holder: string;
  readonly openedAt: string;
}

/** A look at a member that another than the owner recorded. Of whom looked no more than the member may see, and no lookup. */
export interface LookNotice {
  /** Id of the recorder's audit entry. */
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly memberId: string;
  readonly role: string | null;
  readonly province: string | null;
  readonly organization: string | null;
  readonly purpose: string | null;
  readonly fields: readonly string[];
}

/** A stretch of looks at one province's members. */
export interface LooksTold { readonly looks: readonly LookNotice[] }

/** Most looks of one event. */
export const mostLooks = 500;

const blindIndexForm = /^[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}$/;
export const isBlindIndex = (value: unknown): value is string => typeof value === 'string' && blindIndexForm.test(value);
export const isVersion = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
export const isReleases = (value: unknown): value is string[] => Array.isArray(value) && value.length <= mostReleases && value.every((each) => typeof each === 'string' && each.length <= 2_000);

export const entryKind = {
  type: 'directory.entry', version: 1, personal: true, pseudonymous: true,
  parse(data: unknown): EntryTold {
    const { blindIndex, version, releases } = (data ?? {}) as Record<string, unknown>;
    if (!isBlindIndex(blindIndex) || !isVersion(version) || !isReleases(releases)) throw new Error('no entry');
    return { blindIndex, version, releases };
  },
} as const;

/** The word to the zone of who holds a member. */
export const entryEvent = (memberId: string, data: EntryTold): OutgoingEvent => eventOf(entryKind, { to: 'zone', subject: memberId, data });

/** The person was shredded: the directory forgets the blind index and knows the id as one of nobody. */
export const forgottenKind = { type: 'directory.forgotten', version: 1, personal: false, parse: (): object => ({}) } as const;

export const claimKind = {
  type: 'directory.claimed', version: 1, personal: false,
  parse(data: unknown): DuplicateClaim {
    const claim = (data ?? {}) as Record<keyof DuplicateClaim, unknown>;
    const texts = [claim.id, claim.memberId, claim.claimedId, claim.claimant, claim.holder, claim.openedAt];
    if (!texts.every((text) => typeof text === 'string') || !isMemberId(claim.memberId as string) || Number.isNaN(Date.parse(claim.openedAt as string))) throw new Error('no claim');
    const { id, memberId, claimedId, claimant, holder, openedAt } = claim as DuplicateClaim;
    return { id, memberId, claimedId, claimant, holder, openedAt };
  },
} as const;

export const looksKind = {
  type: 'access.looked', version: 1, personal: false,
  parse(data: unknown): LooksTold {
    const { looks } = (data ?? {}) as Record<string, unknown>;
    if (!Array.isArray(looks) || looks.length > mostLooks || !looks.every(isLook)) throw new Error('no looks');
    return { looks };
  },
} as const;

export function isLook(value: unknown): value is LookNotice {
  const look = (value ?? {}) as Record<keyof LookNotice, unknown>;
  const optional = [look.role, look.province, look.organization, look.purpose];
  return typeof look.id === 'string' && typeof look.at === 'string' && !Number.isNaN(Date.parse(look.at)) && typeof look.kind === 'string'
    && typeof look.memberId === 'string' && optional.every((text) => text === null || typeof text === 'string')
    && Array.isArray(look.fields) && look.fields.every((field) => typeof field === 'string');
}

/** What a province hears from the directory, and what it tells it of its members' moves. */
export const directoryEvents = (): readonly EventType[] => [
  onlyTold(entryKind),
  {
    ...claimKind,
    apply: async (within: Queryable, events) => { await storeClaims(within, events.map(({ data }) => data as DuplicateClaim)); },
  },
  {
    ...looksKind,
    apply: async (within: Queryable, events) => { for (const { from, data } of events) await storeLooks(within, from, (data as LooksTold).looks); },
  },
];
