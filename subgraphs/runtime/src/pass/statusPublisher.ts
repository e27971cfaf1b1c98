import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import { createPassVerbs, nodePlatform, setStatus, signKnownIssued, statusBytes, type PassSigner } from '@delta/pass';
import { requireKey } from './passKeys.js';
import { seconds } from './rules.js';
import type { SigningServices } from './services.js';
import { countIssued, issuedDigests, markedPlaces } from './store.js';

/** What stations pull, by the key that issued. */
export interface StatusPublisher {
  /** A quarter of a second behind the register at most; undefined for a key that is not this province's. @throws PlatformError PASS_KEYS_MISSING without a key to sign lists with */
  status(kid: string): Promise<Uint8Array | undefined>;
  /** At most a minute behind. */
  knownIssued(kid: string): Promise<Uint8Array | undefined>;
}

/** How long what was read counts, and how long a list that says the same is given out as it is: stations take a list of 15 minutes ago for new. */
const statusEveryMs = 200;
const knownIssuedEveryMs = 10_000;
const signAgainMs = 5 * 60_000;
/** Replicas sign what did not change at the same times, and say so: whoever asks one after the other finds none behind. */
const periodOf = (ms: number): number => Math.floor(ms / signAgainMs);

/** Packing a list well takes a tenth of a second a million places: beside the requests, not between them. */
const packed = promisify<Uint8Array, { level: number }, Uint8Array>(deflate);
const { signStatusList } = createPassVerbs({ ...nodePlatform, deflate: (bytes: Uint8Array) => packed(bytes, { level: constants.Z_BEST_COMPRESSION }) });

interface Kept { readonly token: Uint8Array; readonly of: Buffer; readonly by: string; readonly signedAt: number; readonly readAt: number }

/**
 * Builds lists when they are asked for, and from the register, so that all replicas say the same. Those who ask while one is made wait for
 * that one. Nothing is built for a key that the province does not have, so that nobody can make it work by asking.
 */
export function createStatusPublisher({ db, entry, now, passes }: SigningServices): StatusPublisher {
  const publish = (everyMs: number, source: (kid: string) => Promise<Buffer>, sign: (kid: string, of: Buffer, at: number, signer: PassSigner) => Promise<Uint8Array>) => {
    const kept = new Map<string, Kept>();
    const making = new Map<string, Promise<Kept>>();
    const make = async (kid: string, before: Kept | undefined): Promise<Kept> => {
      const readAt = now().getTime();
      const of = await source(kid);
      const { key, signer } = await requireKey(passes.keys, 'status', seconds(new Date(readAt)));
      // Under another key it is signed anew, the same or not: the one before may be stolen.
      const isSame = before?.by === key.kid && before.of.equals(of);
      if (isSame && periodOf(readAt) === periodOf(before.signedAt)) return { ...before, readAt };
      const signedAt = isSame && readAt > before.signedAt ? periodOf(readAt) * signAgainMs : readAt;
      const token = await sign(kid, of, seconds(new Date(signedAt)), signer);
      return { token, of, by: key.kid, signedAt, readAt };
    };
    return async (kid: string): Promise<Uint8Array | undefined> => {
      if (!(await passes.keys?.list())?.some((key) => key.kid === kid && key.use === 'pass')) return undefined;
      const before = kept.get(kid);
      if (before && Math.abs(now().getTime() - before.readAt) < everyMs) return before.token;
      const made = making.get(kid) ?? make(kid, before).then((one) => { kept.set(kid, one); return one; }).finally(() => { making.delete(kid); });
      making.set(kid, made);
      return (await made).token;
    };
  };

  return {
    status: publish(statusEveryMs, async (kid) => {
      const { revoked, suspended } = await markedPlaces(db, kid);
      return Buffer.concat([Buffer.from(Uint32Array.of(revoked.length).buffer), revoked, suspended]);
    }, async (kid, of, issuedAt, signer) => {
      const bytes = statusBytes(passes.places);
      const end = 4 + of.readUInt32LE(0);
      for (let at = 4; at < of.length; at += 4) {
        const index = of.readUInt32BE(at);
        // A list that was made shorter since leaves places out: a station refuses those as out of range.
        if (index < passes.places) setStatus(bytes, index, at < end ? 'revoked' : 'suspended');
      }
      return signStatusList({ issuer: entry.code, kid, issuedAt, bytes }, signer);
    }),
    knownIssued: publish(knownIssuedEveryMs, async (kid) => {
      // What a key signed is only ever added to, so the number tells whether there is something new.
      const count = Buffer.alloc(8);
      count.writeBigUInt64BE(BigInt(await countIssued(db, kid)));
      return count;
    }, async (kid, _, issuedAt, signer) => signKnownIssued({ issuer: entry.code, kid, issuedAt, digests: await issuedDigests(db, kid) }, signer)),
  };
}
