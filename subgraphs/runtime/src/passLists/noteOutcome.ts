import { PassRefusal } from '@delta/pass';
import { AnswerRefused } from './fetchDocument.js';
import type { ListKind } from './passLists.js';
import type { PullServices } from './services.js';
import { askedOf } from './shelf.js';

const reasonOf = (error: unknown): string => {
  if (error instanceof PassRefusal) return error.code;
  return error instanceof AnswerRefused ? error.message : 'does not answer';
};

/** A list that could not be had or was refused: what is held stays. Said once, not every quarter of an hour. */
export function noteFailure({ shelf, log, refused }: PullServices, kind: ListKind | 'TRUST', kid: string, error: unknown): void {
  const asked = askedOf(shelf, `${kind} ${kid}`);
  const failure = reasonOf(error);
  refused(kind, error instanceof PassRefusal ? error.code : 'UNREACHABLE');
  if (asked.failure !== failure) log.warn({ list: kind, kid, reason: failure }, 'a list of the pass could not be renewed; what is held stays in use');
  asked.failure = failure;
}

export function noteAnswer({ shelf, log }: PullServices, kind: ListKind | 'TRUST', kid: string): void {
  const asked = askedOf(shelf, `${kind} ${kid}`);
  if (asked.failure !== undefined) log.info({ list: kind, kid }, 'a list of the pass is renewed again');
  asked.failure = undefined;
  asked.answeredAt = performance.now();
}
