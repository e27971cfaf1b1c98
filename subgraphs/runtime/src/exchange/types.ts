/** What one owner tells another: who it is for, of which kind, about whom. Its data must be JSON. */
export interface OutgoingEvent {
  /** The peer: a province's slug, or `zone`. */
  readonly to: string;
  readonly type: string;
  readonly version: number;
  /** What it is about, such as a member's id. Events about one subject keep their order, and one that cannot be handled holds up its own subject alone. */
  readonly subject: string;
  readonly data: unknown;
}

/** An event as its signed envelope says it (CloudEvents 1.0). */
export interface EventHead {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly subject: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Place in the stream from one sender to one receiver: 1, 2, 3, … without a gap, whatever the epoch. */
  readonly seq: number;
  /** Raised when the sender was restored from a backup and has taken up the stream again. */
  readonly epoch: number;
  /** Hash of the envelope before it in the stream, base64url. */
  readonly previous: string;
  /** SHA-256 of the data's bytes, base64url. */
  readonly digest: string;
}

/** An event on its way: its signed envelope and its data's own bytes. `data` is null when the person it tells of was shredded. */
export interface WireEvent { readonly jws: string; readonly data: string | null }

/** An event that was received and proven, with the data that its type reads from it. */
export interface ReceivedEvent<T = unknown> extends EventHead {
  /** Who sent it. */
  readonly from: string;
  readonly data: T;
}

/** How far a stream has come at its receiver, signed: what the sender relies on from then on. */
export interface Position {
  readonly seq: number;
  /** Hash of the envelope at `seq`, base64url; that of the beginning for 0. */
  readonly hash: string;
  readonly epoch: number;
}

export type StreamState = 'OPEN' | 'HALTED';

/** Why a stored event has no effect (yet): what failed, or that one about the same subject stands before it. */
export type ParkedReason = 'UNKNOWN_TYPE' | 'NEWER_VERSION' | 'DATA_REFUSED' | 'EFFECT_FAILED' | 'BEHIND_PARKED' | 'SHREDDED';
