/**
 * A rule that asks something of its platform or of a store: it waits where the answer is a promise and goes straight on where
 * it is not. So one code verifies synchronously in Node and asynchronously in a browser.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

export type Answer<T> = T | Promise<T>;

/** By `then` and not by its class: a promise of another window or frame is one too, and must never be taken for an answer. */
export const isPromise = <T>(answer: Answer<T>): answer is Promise<T> =>
  typeof answer === 'object' && answer !== null && typeof (answer as { readonly then?: unknown }).then === 'function';

export function* settle<T>(answer: Answer<T>): Steps<T> {
  return isPromise(answer) ? (yield answer) as T : answer;
}

export async function finish<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      value = await next.value;
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}

/** Throws a TypeError where the platform or a store answers with a promise: that is the caller's mistake, not the input's. */
export function finishSync<T>(steps: Steps<T>): T {
  const next = steps.next();
  if (!next.done) throw new TypeError('this platform or store answers asynchronously: use the asynchronous verb');
  return next.value;
}
