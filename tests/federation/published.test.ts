import { expect, it } from '@jest/globals';
import { provinceSdl } from '@delta/runtime/server/schema';
import { readPublished } from '@delta/schema/published';
import { deriveZoneSdl } from '@delta/schema/zone';
import { definitions } from '../support/zone.js';

const published = new Map(readPublished().map(({ name, sdl }) => [name, sdl]));

it.each(Object.keys(definitions))('%s has published the schema that it serves', (slug) => {
  expect(published.get(slug)).toBe(provinceSdl(definitions[slug]!));
});

it('the zone has published the schema that it serves', () => {
  expect(published.get('zone')).toBe(deriveZoneSdl());
});

it('nobody else has published', () => {
  expect([...published.keys()].sort()).toEqual([...Object.keys(definitions), 'zone'].sort());
});
