import { PlatformError } from '@delta/schema/errors';

/** Ids, not titles: short enough for a challenge's code, and nothing that could name a person. */
const idForm = /^[A-Za-z0-9.:_-]{1,64}$/;

/** An activity or session as the client named it; undefined where it named none. @throws PlatformError ACTIVITY_INVALID */
export function checkActivity(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (!idForm.test(text)) throw new PlatformError('ACTIVITY_INVALID');
  return text;
}

const stepMs = 30_000;

/** A station takes the step of the challenge and the one after it. */
export const challengeEnds = (step: number): Date => new Date((step + 2) * stepMs);

export const minuteOf = (now: Date): number => Math.floor(now.getTime() / 60_000);

/**
 * The time, in seconds, by which an owner judges an answer that another province has just judged: its own, but so much before the
 * end of the challenge that an answer taken in its last moment is not late by the way from there to here.
 */
export function presenceTime(now: Date, step: number): number {
  const [last, at] = [challengeEnds(step).getTime() / 1000 - 1, Math.floor(now.getTime() / 1000)];
  return at > last && at - last <= graceSeconds ? last : at;
}
const graceSeconds = 15;

/** How long a judged presence stands, as long as the lookup that rests on it. */
export const presenceEnds = (now: Date): Date => new Date(now.getTime() + 5 * 60_000);
