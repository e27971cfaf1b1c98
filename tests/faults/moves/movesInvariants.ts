import type { Walk } from './walks.js';

/** A member's row at one province: the record while it is held, a tombstone afterwards. */
export interface MemberRow {
  readonly owner: string;
  readonly memberId: string;
  readonly held: boolean;
  readonly version: number;
  readonly movedTo: string | null;
  /** Everything that the record says of the person, in clear; null of a tombstone. */
  readonly record: string | null;
}

export interface TransferRow { readonly owner: string; readonly id: string; readonly memberId: string; readonly version: number; readonly peer: string; readonly state: string }

/** All that the owners keep of members and their moves, once nothing moves any more. */
export interface MovesRows {
  readonly members: readonly MemberRow[];
  readonly directory: readonly { readonly memberId: string; readonly province: string; readonly version: number }[];
  readonly transfers: readonly TransferRow[];
  /** Entries of the audit about transfers. */
  readonly audit: readonly { readonly owner: string; readonly transferId: string; readonly reason: string }[];
  readonly claims: readonly { readonly owner: string; readonly memberId: string }[];
}

export interface MovesKnown {
  /** Every member's record as it was before anything moved, and who held it. */
  readonly before: readonly { readonly memberId: string; readonly home: string; readonly record: string }[];
  readonly walks: readonly Walk[];
  /** Owners whose database was put back: entries of their audit after the backup may be gone. */
  readonly restored: ReadonlySet<string>;
}

export const movesInvariants = [
  'oneHolder', 'directoryIsRight', 'tombstonesLead', 'recordIsSame', 'versionsRose', 'transfersSettled', 'audited', 'noClaims', 'oneActAtATime', 'walksEnd',
] as const;

export type MovesInvariant = (typeof movesInvariants)[number];

export interface MovesViolation { readonly invariant: MovesInvariant; readonly where: string; readonly what: string }

type Blame = (invariant: MovesInvariant, what: string) => void;

/** Holds what the owners keep against what whoever moved the members knows. */
export function checkMoves(rows: MovesRows, { before, walks, restored }: MovesKnown): MovesViolation[] {
  const found: MovesViolation[] = [];
  const [members, transfers] = [groupBy(rows.members), groupBy(rows.transfers)];
  const directory = groupBy(rows.directory);
  const walked = new Map(walks.map((walk) => [walk.memberId, walk]));
  const audit = countBy(rows.audit.map(({ owner, transferId, reason }) => `${owner} ${transferId} ${reason}`));
  for (const { memberId, home, record } of before) {
    const blame: Blame = (invariant, what) => { found.push({ invariant, where: memberId, what }); };
    const walk = walked.get(memberId) ?? { memberId, home, acts: [], at: home };
    const holder = checkHolder(walk, members.get(memberId) ?? [], blame);
    if (holder) {
      if (holder.record !== record) blame('recordIsSame', `${holder.owner} has another record than ${home} had`);
      checkDirectory(holder, directory.get(memberId) ?? [], blame);
      checkTombstones(walk, holder, members.get(memberId) ?? [], blame);
      checkVersions(walk, holder, transfers.get(memberId) ?? [], blame);
    }
    checkTransfers(walk, transfers.get(memberId) ?? [], blame);
    checkAudit(walk, audit, restored, blame);
  }
  for (const { owner, memberId } of rows.claims) found.push({ invariant: 'noClaims', where: memberId, what: `${owner} has a claim` });
  return found;
}

/** Nobody is lost, nobody is held twice, and the holder is the receiver of the last transfer. */
function checkHolder({ at }: Walk, rows: readonly MemberRow[], blame: Blame): MemberRow | undefined {
  const holders = rows.filter(({ held }) => held);
  if (holders.length !== 1) blame('oneHolder', `held by ${holders.map(({ owner }) => owner).join(' and ') || 'nobody'}`);
  else if (holders[0]!.owner !== at) blame('oneHolder', `held by ${holders[0]!.owner}, and went to ${at}`);
  return holders.length === 1 ? holders[0] : undefined;
}

function checkDirectory({ owner, version }: MemberRow, entries: MovesRows['directory'], blame: Blame): void {
  const said = entries.map((entry) => `${entry.province} ${entry.version}`).join(', ');
  if (said !== `${owner} ${version}`) blame('directoryIsRight', `held by ${owner} from version ${version} on, and the directory says ${said || 'nothing'}`);
}

/** Who had the record has a tombstone of a lower version, from which one gets to the holder. */
function checkTombstones({ home, acts }: Walk, holder: MemberRow, rows: readonly MemberRow[], blame: Blame): void {
  const byOwner = new Map(rows.map((row) => [row.owner, row]));
  for (const owner of new Set([home, ...acts.flatMap(({ exists, to }) => (exists ? [to] : []))])) {
    if (!byOwner.has(owner)) blame('tombstonesLead', `${owner} had it and keeps no tombstone`);
  }
  for (const row of rows.filter(({ held }) => !held)) {
    if (row.version > holder.version || (row.version === holder.version && row.movedTo !== holder.owner)) blame('tombstonesLead', `${row.owner} stands at version ${row.version}, its holder ${holder.owner} at ${holder.version}`);
    let [at, hops]: [MemberRow | undefined, number] = [row, 0];
    while (at && !at.held && hops <= rows.length) { at = at.movedTo === null ? undefined : byOwner.get(at.movedTo); hops += 1; }
    if (at !== holder) blame('tombstonesLead', `from ${row.owner} one does not get to ${holder.owner}`);
  }
}

/** A transfer that was received raised the version by one; one that was declined by two, past its release. */
function checkVersions({ acts }: Walk, holder: MemberRow, transfers: readonly TransferRow[], blame: Blame): void {
  const raised = acts.reduce((version, { exists }) => version + (exists ? 1 : 2), 1);
  if (holder.version !== raised) blame('versionsRose', `at version ${holder.version} after ${acts.length} transfers, not ${raised}`);
  const versions = acts.map(({ transferId }) => transfers.find(({ id }) => id === transferId)?.version ?? 0);
  if (versions.some((version, i) => i > 0 && version <= versions[i - 1]!)) blame('versionsRose', `its transfers have the versions ${versions.join(', ')}`);
}

/** Each acknowledged transfer stands at its province and has come to its end, and no other stands anywhere. */
function checkTransfers({ acts }: Walk, transfers: readonly TransferRow[], blame: Blame): void {
  const left = new Map(transfers.map((row) => [`${row.owner} ${row.id}`, row]));
  for (const { transferId, from, to, exists } of acts) {
    const row = left.get(`${from} ${transferId}`);
    left.delete(`${from} ${transferId}`);
    const wanted = `${to} ${exists ? 'RECEIVED' : 'DECLINED'}`;
    if (`${row?.peer} ${row?.state}` !== wanted) blame('transfersSettled', `${transferId} of ${from} is ${row ? `${row.peer} ${row.state}` : 'not there'} instead of ${wanted}`);
  }
  for (const { owner, id, state } of left.values()) blame('transfersSettled', `${id} of ${owner} (${state}) was never acknowledged`);
}

/** One entry for each step of a transfer, at whom it happened; of a restored owner it may be gone. */
function checkAudit({ acts }: Walk, audit: ReadonlyMap<string, number>, restored: ReadonlySet<string>, blame: Blame): void {
  for (const { transferId, from, to, exists } of acts) {
    const steps: [string, string, number][] = [[from, 'SENT', 1], [to, 'ARRIVED', exists ? 1 : 0], [from, 'RECEIVED', exists ? 1 : 0], [from, 'UNKNOWN_ORGANIZATION', exists ? 0 : 1]];
    for (const [owner, reason, wanted] of steps) {
      const count = audit.get(`${owner} ${transferId} ${reason}`) ?? 0;
      if (count !== wanted && !(count < wanted && restored.has(owner))) blame('audited', `${reason} of ${transferId} stands ${count} times at ${owner}`);
    }
  }
}

function groupBy<T extends { readonly memberId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(row.memberId);
    if (known) known.push(row); else groups.set(row.memberId, [row]);
  }
  return groups;
}

const countBy = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};
