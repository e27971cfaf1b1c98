import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<{ readonly requestId: string }>();

/** Runs `next` so that everything it starts knows the request it serves. */
export const inRequest = (requestId: string, next: () => void): void => { scope.run({ requestId }, next); };

/** The id of the request being served, undefined outside of one. */
export const currentRequestId = (): string | undefined => scope.getStore()?.requestId;
