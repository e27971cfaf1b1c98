/** Everything that bounds what comes in, and every span of time of profile AP1. Sizes in bytes, times in seconds. */

/** With the proof around it a phone's code stays within 260 bytes, which is QR version 10 at level L. */
export const maxCredential = 177;
export const maxProof = 260;
/** Two bytes are three characters of base45; one byte is two. */
export const base45Length = (bytes: number): number => 3 * (bytes >> 1) + 2 * (bytes & 1);

export const maxDepth = 4;
export const maxTrustList = 64 * 1024;
export const maxStatusToken = 1024 * 1024;
/** Unpacked, at four passes a byte: 16 million passes a key. */
export const maxStatusBytes = 4 * 1024 * 1024;
export const maxKnownIssued = 64 * 1024 * 1024;
export const maxStationRecord = 1024;
export const maxChallenge = 260;

const hour = 3600;
const day = 24 * hour;
export const maxPhoneLife = 90 * day;
export const maxPaperLife = 30 * day;
export const maxTrustLife = 7 * day;
/** How long before it is used a key stands in the list. */
export const keyAhead = 30 * day;
export const statusStale = 24 * hour;
export const statusRefused = 72 * hour;
export const clockTolerance = 90;
export const stepSeconds = 30;
export const stepWindow = 1;
/** No time in seconds reaches this before the year 5138; the milliseconds of 1973 do. */
export const millisecondsFrom = 100_000_000_000;

/** Of the EU's certificates (profile hc1). */
export const maxHealthText = 4096;
export const maxHealthBytes = 16 * 1024;
