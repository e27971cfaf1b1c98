/** What an operator did to the exchange, as it is recorded. */
export interface ExchangeAct {
  readonly act: 'REPLAYED' | 'DISCARDED' | 'REOPENED' | 'LOSS_ACCEPTED';
  /** A province's slug, or `zone`. */
  readonly peer: string;
  /** The parked event; null for a stream. */
  readonly seq: number | null;
  /** Why, in the operator's words. */
  readonly reason: string;
  readonly applied?: number;
  readonly parked?: number;
  readonly lost?: number;
  readonly renumbered?: number;
}

/** Who sent a parked event, and its place in that stream. */
export interface ParkedPosition { readonly peer: string; readonly seq: number }
