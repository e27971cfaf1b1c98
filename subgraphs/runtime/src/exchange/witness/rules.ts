/** A head of an audit chain: so many entries, this hash over them, signed at this time. */
export interface Head { readonly seq: string; readonly hash: string; readonly at: Date }

/** Clocks of one owner's replicas differ by less than this. */
const slackMs = 60_000;

/**
 * Whether two heads of one owner's chain cannot both be true: two hashes for one place, or a chain that was shorter later.
 * A chain that was rewritten and is longer contradicts nothing here: that shows when the chain is verified against the heads
 * that others keep.
 */
export function contradict(a: Head, b: Head): boolean {
  const [shorter, longer] = BigInt(a.seq) <= BigInt(b.seq) ? [a, b] : [b, a];
  if (shorter.seq === longer.seq) return a.hash !== b.hash;
  return shorter.at.getTime() > longer.at.getTime() + slackMs;
}
