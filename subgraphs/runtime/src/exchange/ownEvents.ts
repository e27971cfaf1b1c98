import type { Database, Transaction } from '../db/database.js';
import { eventTypes, type EventType, type EventTypes } from './eventType.js';
import { sendEvents } from './sendEvents.js';
import type { ExchangeServices } from './services.js';
import type { OutgoingEvent } from './types.js';

/** What a service's own kinds of events work with. */
export interface OwnEventsPlace {
  readonly db: Database;
  /** Tells peers, within the business transaction that it is about. @returns the events' ids, in their order */
  send(within: Transaction, events: readonly OutgoingEvent[]): Promise<readonly string[]>;
}

/** Kinds of events that a service exchanges with some of its peers beside the platform's own. A peer that does not register them parks them. */
export type OwnEvents = (place: OwnEventsPlace) => readonly EventType[];

/** All kinds of events that a service knows. @throws Error when one of its own has the name of another */
export function knownEvents({ db, seals, now }: Pick<ExchangeServices, 'db' | 'seals' | 'now'>, platform: readonly EventType[], own: OwnEvents = () => []): EventTypes {
  const types: EventTypes = eventTypes([...platform, ...own({ db, send: (within, events) => sendEvents(within, { types, seals }, events, now()) })]);
  return types;
}
