import { PassRefusal } from '@delta/pass';
import { AnswerRefused } from './fetchDocument.js';
import type { ListKind } from './passLists.js';
import type { PullServices } from './services.js';
import { askedOf } from './shelf.js';

const reasonOf = (error: unknown): string => {
  if (error instanceof PassRefusal) return error.code;
  return error instanceof AnswerRefused ? error.message : 'does not answer';
};

/** A peer that restarts is no news; one that has been away this long is. */
const patienceMs = 60_000;

/**
 * A list that could not be had or was refused: what is held stays. The log says a refusal at once and silence when it lasts; each once.
 * An older status list is what one replica of an issuer gives after another: it is counted, and the next question may be asked at once, or a
 * revocation would wait. Who holds new ones back by it shows in the age of the list.
 */
export function noteFailure({ shelf, log, refused }: PullServices, kind: ListKind | 'TRUST', kid: string, error: unknown): void {
  const asked = askedOf(shelf, `${kind} ${kid}`);
  const reason = reasonOf(error);
  refused(kind, error instanceof PassRefusal ? error.code : 'UNREACHABLE');
  if (reason === 'STATUS_LIST_ROLLED_BACK') return;
  const at = performance.now();
  const before = asked.failure?.reason === reason ? asked.failure : { reason, since: at, said: false };
  const isNews = !before.said && (error instanceof PassRefusal || at - before.since >= patienceMs);
  if (isNews) log.warn({ list: kind, kid, reason }, 'a list of the pass could not be renewed; what is held stays in use');
  asked.failure = { ...before, at, said: before.said || isNews };
}

export function noteAnswer({ shelf, log }: PullServices, kind: ListKind | 'TRUST', kid: string): void {
  const asked = askedOf(shelf, `${kind} ${kid}`);
  if (asked.failure?.said) log.info({ list: kind, kid }, 'a list of the pass is renewed again');
  asked.failure = undefined;
  asked.answeredAt = performance.now();
}
