import type { Part, RefusalCode } from '@delta/pass';

/** A test vector as it stands in pass/*.json. Bytes are hexadecimal, times are seconds. README.md says how it is run. */
export interface Vector {
  readonly name: string;
  readonly kind: 'pass' | 'stationRecord' | 'lists';
  /** The scanned text, or a station's record; null where the lists themselves are the subject. */
  readonly input: string | null;
  readonly context: VectorContext;
  readonly expect: { readonly refusal: RefusalCode; readonly number: number; readonly part: Part } | { readonly valid: Readonly<Record<string, unknown>> };
}

export interface VectorContext {
  readonly roots: readonly { readonly issuer: string; readonly kid: string; readonly publicKey: string }[];
  readonly trustList: string;
  readonly lastTrustList?: { readonly sequence: number; readonly digest: string };
  readonly statusLists: readonly string[];
  readonly lastStatusLists?: Readonly<Record<string, number>>;
  readonly knownIssued?: readonly string[];
  readonly clock: { readonly wall: number; readonly monotonic: number; readonly server?: { readonly time: number; readonly monotonic: number }; readonly lastSeen?: number };
  /** Codes that this station admitted before, in this order, by the same context. */
  readonly before?: readonly string[];
  readonly activity?: string;
  readonly session?: string;
  readonly risk?: 'low' | 'high';
  readonly challenge?: { readonly nonce: string; readonly step: number; readonly station: string; readonly activity: string };
  readonly stationKeys?: readonly { readonly kid: string; readonly station: string; readonly publicKey: string }[];
}
