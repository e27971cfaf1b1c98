import { counter, gauge, type Metrics } from '@delta/service/metrics';
import type { Queryable } from '../db/database.js';
import { readOverview, type PeerOverview } from './overview.js';
import type { Peers } from './peers.js';

/** Told of what happens and is in no table of its own, or is counted a process. */
export interface ExchangeCounts {
  refused(peer: string, side: 'SENT' | 'RECEIVED', code: string): void;
  recovered(peer: string): void;
}

export interface ExchangeMetricsOptions {
  readonly db: Pick<Queryable, 'query'>;
  readonly peers: Peers;
  readonly now: () => Date;
}

/** Scrapes closer together than this share one look, so that asking often costs the database nothing. */
const freshMs = 1_000;

/**
 * What `/metrics` says of the exchange, a peer each; peers are those of the signed list. How streams stand is looked at when it is
 * asked for, by one statement for all of it. Where the database does not answer, those series are absent rather than old.
 */
export function exchangeMetrics(metrics: Metrics, { db, peers, now }: ExchangeMetricsOptions): ExchangeCounts {
  let looked: { readonly at: number; readonly overview: Promise<readonly PeerOverview[]> } | undefined;
  const look = (): Promise<readonly PeerOverview[]> => {
    if (!looked || performance.now() - looked.at > freshMs) {
      const read = async (): Promise<readonly PeerOverview[]> => readOverview(db, (await peers.list()).map(({ name }) => name));
      looked = { at: performance.now(), overview: read().catch(() => []) };
    }
    return looked.overview;
  };
  const standing = (name: string, help: string, value: (peer: PeerOverview) => number): void => {
    const series = gauge(metrics, name, help, ['peer'], async () => {
      const overview = await look();
      series.reset();
      for (const each of overview) series.set({ peer: each.peer }, value(each));
    });
  };
  const secondsSince = (at: Date | null): number => (at === null ? 0 : Math.max(0, now().getTime() - at.getTime()) / 1_000);

  standing('delta_exchange_waiting_events', 'Events written and not covered by the peer\'s receipt.', ({ lag }) => lag);
  standing('delta_exchange_oldest_undelivered_seconds', 'Age of the oldest of them; 0 when there is none.', ({ oldestUndelivered }) => secondsSince(oldestUndelivered));
  standing('delta_exchange_sent_events', 'Last place given to an event for the peer: how many were sent in all.', ({ sent }) => sent);
  standing('delta_exchange_confirmed_events', 'Place up to which the peer\'s last receipt goes.', ({ confirmed }) => confirmed);
  standing('delta_exchange_received_events', 'Place up to which the peer\'s events have come: how many were received in all.', ({ received }) => received);
  standing('delta_exchange_parked_events', 'Events of the peer that have no effect yet, counted up to 10,000.', ({ parked }) => parked);
  standing('delta_exchange_halted', '1 when nothing is sent to the peer until an operator acts.', ({ state }) => (state === 'HALTED' ? 1 : 0));
  standing('delta_exchange_last_receipt_timestamp_seconds', 'When the peer\'s last signed receipt came, Unix time; 0 when none ever did.', ({ lastReceipt }) => (lastReceipt?.getTime() ?? 0) / 1_000);

  const refusals = counter(metrics, 'delta_exchange_refusals_total', 'Messages that were refused, by peer, by who refused whom (SENT: the peer did), and by code.', ['peer', 'side', 'code']);
  const recoveries = counter(metrics, 'delta_exchange_recoveries_total', 'Streams taken up again from what the peer had received, since this owner was restored from a backup.', ['peer']);
  return {
    refused: (peer, side, code) => { refusals.inc({ peer, side, code }); },
    recovered: (peer) => { recoveries.inc({ peer }); },
  };
}
