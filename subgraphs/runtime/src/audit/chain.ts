import { createHash } from 'node:crypto';

/** Hash functions of a chain. Each seal names its own, so that a change of suite leaves what is sealed as it is. */
export const chainAlgorithms = ['sha256', 'sm3'] as const;
export type ChainAlgorithm = (typeof chainAlgorithms)[number];

/** An entry as the chain sees it: every column as text, `at` in UTC to the microsecond. */
export interface SealedEntry {
  readonly at: string;
  readonly id: string;
  readonly requestId: string;
  readonly kind: string;
  readonly memberId: string | null;
  readonly viewerIssuer: string | null;
  readonly viewerSubject: string | null;
  readonly viewerRole: string | null;
  readonly viewerProvince: string | null;
  readonly viewerOrganization: string | null;
  readonly purpose: string | null;
  readonly reference: string | null;
  readonly fields: readonly string[];
  readonly reason: string | null;
}

/** A moment as the chain writes it. */
export const momentText = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Reads a `SealedEntry` of `audit_entry e`. */
export const entryColumns = `${momentText('e.at')} as at, e.id, e.request_id as "requestId", e.kind, e.member_id as "memberId",
  e.viewer_issuer as "viewerIssuer", e.viewer_subject as "viewerSubject", e.viewer_role as "viewerRole", e.viewer_province as "viewerProvince",
  e.viewer_organization as "viewerOrganization", e.purpose, e.reference, e.fields, e.reason`;

/** The digest of one entry: of the JSON array of its columns in this order, without white space, in UTF-8. */
export const digestOf = (algorithm: ChainAlgorithm, e: SealedEntry): Buffer =>
  createHash(algorithm).update(JSON.stringify([
    'delta-audit-entry/1', e.at, e.id, e.requestId, e.kind, e.memberId, e.viewerIssuer, e.viewerSubject, e.viewerRole, e.viewerProvince,
    e.viewerOrganization, e.purpose, e.reference, e.fields, e.reason,
  ])).digest();

/** One link. Time and id stand in it beside the digest: they say which entry was sealed when the entry itself has expired. */
export interface Link {
  readonly seq: bigint;
  readonly at: string;
  readonly id: string;
  readonly digest: Buffer;
}

/** H(previous hash ‖ seq as 64 bits, big-endian ‖ digest ‖ time and id as the entry writes them). */
export const linkHash = (algorithm: ChainAlgorithm, previous: Buffer, { seq, at, id, digest }: Link): Buffer => {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(seq);
  return createHash(algorithm).update(previous).update(place).update(digest).update(`${at} ${id}`).digest();
};

/** What stands before the first link. */
export const genesis = Buffer.alloc(32);
