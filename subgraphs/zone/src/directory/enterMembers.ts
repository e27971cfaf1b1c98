import { recordEntries, type AuditEntry } from '@delta/runtime/audit/index';
import type { Queryable } from '@delta/runtime/db/database';
import { readReleases, type DuplicateClaim } from '@delta/runtime/directory/index';
import { provinces } from '@delta/schema/provinces';
import type { Trust } from '@delta/service/keys';
import { enteringOf, type Claimed, type Held } from './rules.js';
import { findHeld, insertEntries, openClaims, updateEntry, type NewClaim } from './store.js';

/** A member as a province says that it holds it, or gave it to another. Releases as they were signed, oldest first. */
export interface Entry { readonly memberId: string; readonly blindIndex: string; readonly version: number; readonly releases: readonly string[] }

/** A claim whose releases are proven, with them as they were signed. */
export interface ProvenEntry extends Claimed { readonly tokens: readonly string[] }

export interface Entered {
  /** Ids that contradict what the directory has: they stay out of it. */
  readonly refused: ReadonlySet<string>;
  /** What contradicts it for the first time: both sides are to be told. */
  readonly opened: readonly DuplicateClaim[];
}

const owners = provinces.map(({ slug }) => slug);

/** @throws Error for what the sender can say nothing of, or releases that prove nothing */
export async function proveEntry(trust: Trust, sender: string, { memberId, blindIndex, version, releases: tokens }: Entry): Promise<ProvenEntry> {
  const releases = await readReleases(trust, memberId, tokens, owners);
  const last = releases.at(-1);
  const holder = last?.to ?? sender;
  if (holder !== sender && last?.from !== sender) throw new Error('neither the holder nor the one before');
  if (last && last.version > version) throw new Error('older than its own releases');
  return { memberId, blindIndex, holder, version, releases, tokens };
}

/**
 * Enters members, within the transaction that they were heard in. Id and index are unique: what contradicts the directory never
 * overwrites; it opens a claim, once. What it has already, or better, changes nothing.
 */
export async function enterMembers(within: Queryable, entries: readonly ProvenEntry[], requestId: string, at: Date): Promise<Entered> {
  const inserted = entries.length > 0 ? await insertEntries(within, entries, at) : new Set<string>();
  const left = entries.filter((entry) => !inserted.has(entry.memberId));
  const claims: NewClaim[] = [];
  if (left.length > 0) {
    const held = await findHeld(within, left);
    const byId = new Map(held.map((each) => [each.memberId, each]));
    const byIndex = new Map(held.flatMap((each): [string, Held][] => (each.blindIndex === null ? [] : [[each.blindIndex, each]])));
    for (const entry of left) {
      const [own, other] = [byId.get(entry.memberId), byIndex.get(entry.blindIndex)];
      const entering = enteringOf(entry, own, other);
      if (entering === 'ENTER') await updateEntry(within, entry, at);
      if (entering === 'CLAIM') claims.push(claimOf(entry, other && other.memberId !== entry.memberId ? other : own ?? other!));
    }
  }
  const opened = claims.length > 0 ? await openClaims(within, claims, at) : [];
  await recordEntries(within, { requestId, viewer: null }, opened.map((claim): AuditEntry => ({ kind: 'CLAIM', memberId: claim.memberId, purpose: null, reference: claim.id, fields: [] })), at);
  return { refused: new Set(claims.map(({ claimedId }) => claimedId)), opened };
}

const claimOf = (entry: ProvenEntry, held: Held): NewClaim => ({ memberId: held.memberId, claimedId: entry.memberId, claimant: entry.holder, holder: held.province });
