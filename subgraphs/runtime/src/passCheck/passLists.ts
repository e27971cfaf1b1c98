import type { KnownIssued, StatusList, TrustList } from '@delta/pass';
import type { Queryable } from '../db/database.js';

/** The verified lists that passes are judged by, newest first known. */
export interface PassLists {
  trust(): TrustList | undefined;
  status(kid: string): StatusList | undefined;
  knownIssued(kid: string): KnownIssued | undefined;
  /** The status list of an issuing key, asked of its issuer unless it was in the last `maxAgeMs`; the one before when the issuer does not answer. */
  freshStatus(kid: string, maxAgeMs: number): Promise<StatusList | undefined>;
}

/** Of a pass that this province issued: whose it is. */
export interface PassHolder { readonly memberId: string; readonly state: string }

/** @param passId in hexadecimal */
export type FindPass = (db: Queryable, passId: string) => Promise<PassHolder | undefined>;
