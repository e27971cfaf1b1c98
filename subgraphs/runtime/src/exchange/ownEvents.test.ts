import { expect, test } from '@jest/globals';
import type { Database } from '../db/database.js';
import type { EventType } from './eventType.js';
import { knownEvents } from './ownEvents.js';
import { bareKeys, subjectSeals } from './seals.js';

const kind = (type: string): EventType => ({ type, version: 1, personal: false, parse: (data) => data, apply: async () => undefined });
const services = { db: {} as Database, seals: subjectSeals(bareKeys), now: () => new Date() };

test('a service knows its own kinds of events beside the platform\'s', () => {
  expect([...knownEvents(services, [kind('audit.checkpoint')], () => [kind('bus.timetable')]).keys()]).toEqual(['audit.checkpoint', 'bus.timetable']);
  expect([...knownEvents(services, [kind('audit.checkpoint')]).keys()]).toEqual(['audit.checkpoint']);
});

test('and none of them may take the name of another', () => {
  expect(() => knownEvents(services, [kind('audit.checkpoint')], () => [kind('audit.checkpoint')])).toThrow('register one type');
});
