import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { trafficFolder, type TrafficKind } from '../support/traffic.js';
import { personalTraces, seededPeople, type Seeded } from './personalTraces.js';

/** Runs last: what every zone of the whole suite logged, traced, measured, refused and stored in the directory. */
let seeded: Seeded;
const traffic: { readonly file: string; readonly kind: TrafficKind; readonly text: string }[] = [];

beforeAll(() => {
  seeded = seededPeople(500);
  let files: string[];
  try {
    files = readdirSync(trafficFolder);
  } catch {
    throw new Error('There is no traffic to look through: run `npm test`, or `npm run jest` before this.');
  }
  for (const file of files) {
    for (const { kind, text } of JSON.parse(readFileSync(join(trafficFolder, file), 'utf8')) as { kind: TrafficKind; text: string }[]) traffic.push({ file, kind, text });
  }
});

describe('the search', () => {
  const name = '赵示例';
  test.each([
    ['a name within other text', `member ${name}来报到`], ['an ID number', 'number=349999197511148373;'], ['a name escaped as JSON may be', '\\u8d75\\u793a\\u4f8b'],
  ])('finds %s', (_, text) => { expect(personalTraces(text, seeded)).toHaveLength(1); });
  test('finds a phone number', () => { expect(personalTraces(`tel ${[...seeded.numbers].find((number) => number.length === 11)!}`, seeded)).toHaveLength(1); });
  test('takes a masked name, an organisation and other digits for nobody', () => {
    expect(personalTraces('赵* 广德市桃州镇第一示例村党支部 **************8373 1764000000001', seeded)).toEqual([]);
  });
});

test('the suite left traffic of every kind to look through', () => {
  const bytes = (kind: TrafficKind): number => traffic.filter((part) => part.kind === kind).reduce((sum, { text }) => sum + text.length, 0);
  for (const kind of ['log', 'trace', 'metrics', 'error', 'database'] as const) expect([kind, bytes(kind) > 10_000]).toEqual([kind, true]);
});

test('no log, trace, metric, error or row of the zone names a person or a number', () => {
  const found = traffic.flatMap(({ file, kind, text }) => personalTraces(text, seeded).map((what) => `${file} ${kind}: ${what}`));
  expect(found).toEqual([]);
});
