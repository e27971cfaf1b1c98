import type { Queryable } from '../db/database.js';
import type { OutgoingEvent, ReceivedEvent } from './types.js';

/** Sends what an effect has to tell, in its transaction. */
export type Tell = (event: OutgoingEvent) => Promise<void>;

/** A kind of event, as the concept that it belongs to registers it. */
export interface EventType<T = unknown> {
  /** Such as `member.transferred`. */
  readonly type: string;
  /** The newest version that this code reads; older ones it reads too. */
  readonly version: number;
  /** Whether its data tells of a person: then it is stored under a key of the subject's own, on both sides. */
  readonly personal: boolean;
  /** Of a personal kind, that it names the person by pseudonyms alone: then the zone may be told, which keeps it under the subject's key as well. */
  readonly pseudonymous?: true;
  /** The data of one event of that version. @throws Error for what its schema refuses */
  parse(data: unknown, version: number): T;
  /**
   * The effects of events in their order, within the transaction that stores them. What it throws undoes them; then each is tried
   * by itself, and the one that fails is parked with its subject.
   */
  apply(within: Queryable, events: readonly ReceivedEvent<T>[], tell: Tell): Promise<void>;
  /** At the sender, after it was restored from a backup: what its own event says of its own rows is so again. */
  restore?(within: Queryable, events: readonly ReceivedEvent<T>[]): Promise<void>;
}

/** An event of a kind. */
export const eventOf = ({ type, version }: Pick<EventType, 'type' | 'version'>, event: Omit<OutgoingEvent, 'type' | 'version'>): OutgoingEvent => ({ type, version, ...event });

/** A kind that a service tells others and is told by nobody. What comes of it all the same is parked. */
export const onlyTold = <T>(kind: Omit<EventType<T>, 'apply'>): EventType<T> => ({ ...kind, apply: async () => { throw new Error(`${kind.type} is not for this owner`); } });

/** The kinds of event that a service knows, by name. */
export type EventTypes = ReadonlyMap<string, EventType>;

/** @throws Error when two concepts register one name */
export function eventTypes(types: readonly EventType[]): EventTypes {
  const known = new Map(types.map((each) => [each.type, each]));
  if (known.size !== types.length) throw new Error('two concepts register one type of event');
  return known;
}
