import { entityTag } from '@delta/service/signedDocument';
import { fetchDocument, type Fetched } from './fetchDocument.js';
import { listBytes, listTimes } from './limits.js';
import { noteAnswer, noteFailure } from './noteOutcome.js';
import type { ListKind } from './passLists.js';
import type { PullServices } from './services.js';
import { askedOf } from './shelf.js';
import { takeList } from './takeList.js';

const paths: Readonly<Record<ListKind, string>> = { STATUS: '/pass/status/', KNOWN_ISSUED: '/pass/known-issued/' };

/** Asks the issuer of a key for one of its lists. Nothing that goes wrong leaves here: what is held stays. */
export async function pullList(services: PullServices, kind: ListKind, kid: string, timeoutMs: number = listTimes.timeoutMs): Promise<void> {
  const { shelf, signal } = services;
  const trust = shelf.trust;
  const key = trust?.find(kid);
  if (!trust || !key) return;
  const asked = askedOf(shelf, `${kind} ${kid}`);
  // A list that fell with its trust list is asked for whole.
  const held = (kind === 'STATUS' ? shelf.status : shelf.knownIssued).has(kid);
  try {
    const fetched = await ask(services, kind, kid, key.issuer, held ? asked.tag : undefined, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    // An issuer without the list has answered all the same: it has issued nothing yet.
    if (fetched.kind === 'new') {
      // One that is kept and not in use is asked for whole again.
      asked.tag = await takeList(services, trust, kind, kid, fetched.bytes) ? fetched.tag : undefined;
    }
    noteAnswer(services, kind, kid);
  } catch (error) {
    if (!signal.aborted) noteFailure(services, kind, kid, error);
  }
}

async function ask({ shelf, own, send }: PullServices, kind: ListKind, kid: string, issuer: string, tag: string | undefined, signal: AbortSignal): Promise<Fetched> {
  if (own?.issuer === issuer) {
    const bytes = await (kind === 'STATUS' ? own.status(kid) : own.knownIssued(kid));
    if (!bytes) return { kind: 'missing' };
    const now = entityTag(bytes);
    return now === tag ? { kind: 'same' } : { kind: 'new', bytes, tag: now };
  }
  const address = shelf.trust?.peers.find(({ owner }) => owner === issuer)?.address;
  if (address === undefined) throw new Error('the trust list has no address of this issuer');
  return fetchDocument(new URL(`${paths[kind]}${kid}`, address), { send, tag, maxBytes: listBytes[kind], signal });
}
