import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPassVerbs, nodePlatform, readClock } from '@delta/pass';
import { fromHex } from '@delta/pass/lib/bytes';
import { createDatabase, type Database } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { provinceMigrations } from '@delta/runtime/db/migrations/index';
import { claimShown, judgePass, type JudgingLists } from '@delta/runtime/passCheck/index';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readVectors } from './readVectors.js';
import { openLists } from './runVector.js';
import type { Vector } from './vector.js';

/** Every vector of a pass, judged as a province does that is online: its clock, its database. */
let database: TestDatabase;
let source: Awaited<ReturnType<typeof openDatabase>>;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDatabase({ url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'vectors', poolSize: 4, statementTimeoutMs: 5_000 });
  db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const verbs = createPassVerbs(nodePlatform);
const passes = [...readVectors()].filter(([, { kind }]) => kind === 'pass');

async function judge(vector: Vector, lists: JudgingLists, text: string): Promise<string> {
  const { activity, session, risk, challenge, clock } = vector.context;
  const shown = {
    ...(activity === undefined ? {} : { activity }), ...(session === undefined ? {} : { session }), ...(risk === undefined ? {} : { risk }),
    ...(challenge ? { challenge: { ...challenge, nonce: fromHex(challenge.nonce) } } : {}),
  };
  const now = readClock(clock);
  const { outcome, claims } = await judgePass(lists, text, shown, now);
  if (!outcome.valid) return outcome.refusal.code;
  return (await db.transaction((within) => claimShown(within, claims, undefined, new Date(now * 1000))))?.code ?? 'VALID';
}

/** Lists that do not open fail the test: no vector here is refused for them. */
async function said(vector: Vector): Promise<string> {
  await db.query('with p as (delete from pass_proof) delete from pass_use');
  const { trust, statuses, known } = await openLists(verbs, vector.context);
  const lists: JudgingLists = { trust: () => trust, status: (kid) => statuses.get(kid), knownIssued: (kid) => known.get(kid), freshStatus: async (kid) => statuses.get(kid) };
  for (const earlier of vector.context.before ?? []) await judge(vector, lists, earlier);
  return judge(vector, lists, vector.input!);
}

// A province's clock is its server's own; a station's, which may be wrong, is the core's to judge.
const ofStation = (vector: Vector): boolean => 'refusal' in vector.expect && vector.expect.part === 'station' && vector.expect.refusal === 'STATION_CLOCK';

describe('a province that is online', () => {
  const judged = new Set<string>();
  it.each(passes.filter(([, vector]) => !ofStation(vector)))('says of %s what the vector says', async (_, vector) => {
    const expected = 'refusal' in vector.expect ? vector.expect.refusal : 'VALID';
    const code = await said(vector);
    judged.add(code);
    expect(code).toBe(expected);
  });

  it('met every refusal that the vectors of passes have', () => {
    const all = new Set(passes.filter(([, vector]) => !ofStation(vector)).flatMap(([, vector]) => ('refusal' in vector.expect ? [vector.expect.refusal] : [])));
    expect([...all].filter((code) => !judged.has(code)).sort()).toEqual([]);
    expect(judged.size).toBeGreaterThan(45);
  });
});
