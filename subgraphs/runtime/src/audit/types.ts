import type { Viewer } from '@delta/schema/viewer';

/** DISCLOSURE: fields of a member left the province. LOOKUP: a lookup was opened. EXISTENCE: the zone said whether and where a
 *  person is known. CLAIM: a second province claimed a member. */
export type AuditKind = 'DISCLOSURE' | 'LOOKUP' | 'EXISTENCE' | 'CLAIM';

export interface AuditEntry {
  readonly kind: AuditKind;
  readonly memberId: string | null;
  readonly purpose: string | null;
  /** The lookup, claim or other act that this rests on. */
  readonly reference: string | null;
  readonly fields: readonly string[];
}

/** Who asked, in which request: the same for all entries of one request. */
export interface AuditedRequest { readonly requestId: string; readonly viewer: Viewer | null }
