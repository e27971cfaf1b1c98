import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { heldMember, type HeldMember, type Ownership } from '../member/index.js';
import { mayIssue } from './rules.js';
import { heldPasses } from './store.js';
import type { IssueReason, PassClass, PassRecord } from './types.js';

/** Paths of the organisation that a member left, whose record is another province's now; null for everybody else. */
export type DepartedFrom = (memberId: string) => Promise<readonly string[] | null>;

/** What `lockMember` found, by whoever then looked for a repetition. */
export interface LockedMember { readonly memberId: string; readonly owned: Ownership | undefined }

/**
 * The member for whom an office issues a pass, locked by whoever asks until the transaction ends: of two who issue at once the second sees what
 * the first did. A repetition is looked for between the lock and this, since what is repeated would be refused here.
 * @throws PlatformError NOT_DISCLOSED (nobody's, another province's, out of the office's scope), MEMBER_MOVED (left that office), and those of mayIssue
 */
export async function requireHolder(within: Queryable, office: string, { memberId, owned }: LockedMember, wanted: { readonly class: PassClass; readonly reason: IssueReason }, departedFrom: DepartedFrom, now: Date): Promise<{ member: HeldMember; held: readonly PassRecord[] }> {
  const departed = owned?.movedTo == null ? null : await departedFrom(memberId);
  if (departed?.includes(office)) throw new PlatformError('MEMBER_MOVED');
  const member = owned && await heldMember(within, memberId);
  if (!owned || !member?.path.includes(office)) throw new PlatformError('NOT_DISCLOSED');
  const held = await heldPasses(within, memberId);
  const refusal = mayIssue({ leaving: owned.leaving, passes: held }, wanted, now);
  if (refusal) throw new PlatformError(refusal);
  return { member, held };
}
