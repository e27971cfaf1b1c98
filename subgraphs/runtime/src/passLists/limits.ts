import { maxKnownIssued, maxStatusToken, maxTrustList } from '@delta/pass/limits';

/** Largest answers in bytes. Those of the lists are the profile's. */
export const listBytes = { TRUST: maxTrustList, STATUS: maxStatusToken, KNOWN_ISSUED: maxKnownIssued } as const;

/** Addresses that are asked at one time. */
export const pullsAtOnce = 8;
/** A list of this many issuing keys is pulled; a trust list names some dozen. */
export const maxIssuingKeys = 64;

export const listTimes = {
  /** How often the zone is asked whether the trust list is another: mostly a 304 of a few bytes. */
  trustEveryMs: 60_000,
  /** The same before the first list, and for the first minutes while a status list was never had. */
  firstEveryMs: 2_000,
  beginningMs: 2 * 60_000,
  /** How often the issuers are asked. */
  everyMs: 15 * 60_000,
  timeoutMs: 10_000,
  /** Whoever waits for a fresh status waits no longer. */
  freshTimeoutMs: 1_000,
  /** For how long nobody waits for an issuer that has just kept somebody waiting in vain. */
  freshPauseMs: 5_000,
} as const;
