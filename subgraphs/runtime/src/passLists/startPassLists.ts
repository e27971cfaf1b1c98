import type { Metrics } from '@delta/service/metrics';
import { listTimes, maxIssuingKeys, pullsAtOnce } from './limits.js';
import { passListMetrics } from './passListMetrics.js';
import type { ListKind, PassLists } from './passLists.js';
import { pullList } from './pullList.js';
import { pullTrustList } from './pullTrustList.js';
import { restoreLists } from './restoreLists.js';
import type { PullServices } from './services.js';
import { askedOf, createShelf } from './shelf.js';

export interface PassListsOptions extends Pick<PullServices, 'db' | 'roots' | 'zoneUrl' | 'send' | 'own' | 'log' | 'now'> {
  readonly metrics: Metrics;
  /** How often the zone is asked, and how often the issuers, in milliseconds. */
  readonly trustEveryMs?: number;
  readonly everyMs?: number;
}

/**
 * Takes up the lists of the last run and keeps them new: asks the zone every minute whether the trust list is another, and all
 * issuers every 15 minutes, and at once when it is; those that failed, and known-issued lists, which a cache may have kept from before a theft, again with the zone. Nobody waits for it to have asked; who does not answer holds nothing up.
 */
export async function startPassLists({ metrics, trustEveryMs = listTimes.trustEveryMs, everyMs = listTimes.everyMs, ...given }: PassListsOptions): Promise<PassLists> {
  const stopping = new AbortController();
  const shelf = createShelf();
  const services: PullServices = { ...given, shelf, signal: stopping.signal, refused: passListMetrics(metrics, shelf, given.now) };
  await restoreLists(services, { alsoTrust: true });

  let pulledAt = -Infinity;
  const wanted = (): [ListKind, string][] => (shelf.trust?.keys ?? []).filter(({ use }) => use === 'pass').slice(0, maxIssuingKeys)
    .flatMap(({ kid }): [ListKind, string][] => (shelf.trust?.isCompromised(kid) ? [['STATUS', kid], ['KNOWN_ISSUED', kid]] : [['STATUS', kid]]));
  const isDue = ([kind, kid]: [ListKind, string]): boolean => kind === 'KNOWN_ISSUED' || shelf.asked.get(`${kind} ${kid}`)?.failure !== undefined;
  async function pullEach(lists: [ListKind, string][]): Promise<void> {
    await Promise.all(Array.from({ length: pullsAtOnce }, async () => {
      for (let next = lists.shift(); next && !stopping.signal.aborted; next = lists.shift()) await pullList(services, ...next);
    }));
  }
  // One after the other: what is asked for while lists are pulled is pulled after them.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(async () => { if (!stopping.signal.aborted) await work(); });
    last = turn.catch((error: unknown) => { given.log.error({ err: error }, 'the lists of the pass could not be renewed'); });
    return turn;
  };
  const pull = (everything: boolean): Promise<void> => inTurn(async () => {
    const changed = await pullTrustList(services);
    // Also after a restore that the database cut short: nothing is judged for long by what an earlier list vouched for.
    const isBehind = [...shelf.status.values(), ...shelf.knownIssued.values()].some(({ under }) => under !== shelf.trust);
    if (changed || isBehind) await restoreLists(services, { alsoTrust: false });
    if (!changed && !everything && performance.now() - pulledAt < everyMs) return pullEach(wanted().filter(isDue));
    pulledAt = performance.now();
    return pullEach(wanted());
  });

  const freshening = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  // At a first start of all the zone may get its list, and other provinces theirs, after we asked.
  const began = performance.now();
  const isBeginning = (): boolean => !shelf.trust || (performance.now() - began < listTimes.beginningMs && wanted().some(([kind, kid]) => kind === 'STATUS' && !shelf.status.has(kid)));
  const next = (): void => { if (!stopping.signal.aborted) timer = setTimeout(() => { void look(); }, isBeginning() ? Math.min(listTimes.firstEveryMs, trustEveryMs) : trustEveryMs); };
  const look = (everything = false): Promise<void> => pull(everything).then(next, next);
  void look(true);
  return {
    trust: () => shelf.trust,
    status: (kid) => shelf.status.get(kid)?.list,
    knownIssued: (kid) => shelf.knownIssued.get(kid)?.list,
    async freshStatus(kid, maxAgeMs) {
      // Of a kid that nobody vouches for nothing is asked or kept: it is whatever stood in somebody's code.
      if (!shelf.trust?.find(kid)) return undefined;
      const { answeredAt = -Infinity, failure: { at: failedAt } = { at: -Infinity } } = askedOf(shelf, `STATUS ${kid}`);
      const now = performance.now();
      if (now - Math.max(answeredAt, failedAt) > maxAgeMs && !stopping.signal.aborted) {
        // Whoever asks meanwhile gets the same answer, which is newer than his question by less than a request.
        const asking = freshening.get(kid) ?? pullList(services, 'STATUS', kid, listTimes.freshTimeoutMs).finally(() => { freshening.delete(kid); });
        freshening.set(kid, asking);
        // An issuer that was away is asked at once all the same, so that what it says counts as soon as it is back.
        if (now - failedAt > listTimes.freshPauseMs) await asking;
      }
      return shelf.status.get(kid)?.list;
    },
    memory: shelf.memory,
    refresh: () => pull(true),
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await Promise.all([last, ...freshening.values()]);
    },
  };
}
