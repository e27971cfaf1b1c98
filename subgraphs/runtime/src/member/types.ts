import type { WrappedKey } from '../crypto/types.js';

/** A member as stored; ID number and phone sealed under the member's data key. `path` is the home organisation's. */
export interface MemberRecord {
  readonly id: string;
  readonly name: string;
  readonly gender: string;
  /** YYYY-MM-DD */
  readonly joinedOn: string | null;
  readonly probationary: boolean | null;
  readonly affiliation: string;
  readonly homeOrganizationId: string;
  readonly idNumber: Buffer | null;
  readonly phone: Buffer | null;
  readonly dataKey: WrappedKey;
  readonly path: readonly string[];
}

export interface MemberFilter { readonly organizationId?: string | null; readonly affiliation?: string | null }
