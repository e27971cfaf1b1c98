import type { CborValue } from '../lib/decodeCbor.js';
import type { Part } from '../refusals/passRefusal.js';

/** `typ` of a status list token in CWT form, and its claims (Token Status List, 5.2; CWT, RFC 8392). */
export const statusListType = 'application/statuslist+cwt';
export const statusClaims = { subject: 2, issuedAt: 6, statusList: 65533, timeToLive: 65534 } as const;
export const bitsPerPass = 2;
export const timeToLive = 15 * 60;
export const part: Part = 'statusList';

/** Names the list of one issuing key; a pass does not carry it, so that it stays small. */
export const statusSubject = (issuer: string, kid: string): string => `urn:delta:pass-status:${issuer}:${kid}`;

/** A verified list. */
export interface StatusList {
  readonly issuer: string;
  /** The issuing key that it is about, in hexadecimal. */
  readonly kid: string;
  /** Seconds. */
  readonly issuedAt: number;
  /** Two bits a pass. */
  readonly bytes: Uint8Array;
}

export type StatusPayload = ReadonlyMap<number, CborValue>;
