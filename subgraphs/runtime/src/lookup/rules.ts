import type { Limit } from './types.js';

/** A window slides by twelfths: an ask is forgotten when the twelfth it fell in has left the window altogether. */
export const bucketsOfWindow = 12;

export const bucketSeconds = ({ windowSeconds }: Pick<Limit, 'windowSeconds'>): number => windowSeconds / bucketsOfWindow;

/** When what was asked in a bucket counts no more. */
export const bucketEnds = (limit: Limit, bucket: number): Date => new Date((bucket + bucketsOfWindow + 1) * bucketSeconds(limit) * 1000);

/**
 * Into how many rows a counter is split. A counter of few asks is one row, and exact however many ask at once; one of
 * thousands would make all replicas wait for one row, so it is split and may admit as many more as ask in the same instant.
 */
export const shardsOf = ({ admits }: Pick<Limit, 'admits'>): number => Math.min(16, Math.ceil(admits / 500));

/** When a full scope admits again, if nobody asks meanwhile. */
export function admitsAgainAt(limit: Limit, used: Readonly<Record<string, number>>): Date {
  const buckets = Object.keys(used).map(Number).sort((a, b) => a - b);
  let left = Object.values(used).reduce((sum, charges) => sum + charges, 0);
  for (const bucket of buckets) {
    left -= used[bucket] ?? 0;
    if (left < limit.admits) return bucketEnds(limit, bucket);
  }
  return new Date(0);
}

/** The schema's names of fields that can be revealed, and the policy's. */
export const policyNames: Readonly<Record<string, string>> = { NAME: 'name', PHONE: 'phone' };

export const schemaNameOf = (field: string): string | undefined => Object.keys(policyNames).find((name) => policyNames[name] === field);

const lifeMs = 5 * 60_000;

/** Five minutes, and not longer than the case. */
export const lookupEnds = (now: Date, caseEnds: Date | null): Date => new Date(Math.min(now.getTime() + lifeMs, caseEnds?.getTime() ?? Infinity));
