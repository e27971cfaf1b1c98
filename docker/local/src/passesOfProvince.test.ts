import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { provinceMigrations } from '@delta/runtime/db/migrations/index';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.js';
import { makePassKeys } from './passKeyFile.js';
import { passesOfProvince } from './passesOfProvince.js';

let database: TestDatabase;
let home: string;
let env: NodeJS.ProcessEnv;
const office = '34-019a2b3c-4d5e-7f60-8a1b-00000000000a';
const said: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-passes-'));
  database = await createTestDatabase();
  await makePassKeys(join(home, 'keys.json'), Math.floor(Date.now() / 1000));
  env = { DATABASE_URL: database.url, DELTA_PASS_KEYS_FILE: join(home, 'keys.json'), DELTA_PASS_PLACES: '2000' };
  const source = await openDatabase({ url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'passes', poolSize: 2, statementTimeoutMs: 5_000 });
  await source.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', '340100', array[$1], '{}')`, [office]);
  await source.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    select ('019a2b3c-4d5e-7f60-8a1b-' || lpad(n::text, 12, '0'))::uuid, '王小明', 'MALE', 'HOME', $1, '\\x00', 'v1:' || n, 'aes', 'v1' from generate_series(1, 700) n`, [office]);
  await source.destroy();
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

async function run(...argv: string[]): Promise<string[]> {
  const out = new PassThrough();
  const written = text(out);
  await passesOfProvince(argv, { home, env, say: (line) => { said.push(line); } }, out, new AbortController().signal).finally(() => { out.end(); });
  return (await written).split('\n').filter((line) => line !== '');
}

test('an office\'s members get sheets, a line each, once; with --replace anew', async () => {
  const lines = await run('print', '--province', 'anhui', '--organization', office);
  expect(lines).toHaveLength(700);
  expect(JSON.parse(lines[0]!)).toEqual({ id: expect.stringMatching(/^34-/), passId: expect.stringMatching(/^[0-9a-f]{32}$/), memberId: expect.any(String), maskedName: '王*', text: expect.stringMatching(/^AP1:/), expires: expect.any(Number) });
  expect(said.at(-1)).toBe('anhui: 700 passes on paper were issued.');
  expect(await run('print', '--province', 'anhui', '--organization', office)).toEqual([]);
  expect(await run('print', '--province', 'anhui', '--organization', office, '--replace')).toHaveLength(700);
});

test('keys are listed by what they are for, and a key that signed no phone\'s pass has none to sign anew', async () => {
  const lines = await run('keys', '--province', 'anhui');
  expect(lines.map((line) => line.split('  ')[1])).toEqual(['pass', 'status']);
  await run('reissue', '--province', 'anhui', '--key', '0'.repeat(16));
  expect(said.at(-1)).toBe('anhui: 0 phones\' passes were signed anew.');
});

test('an organisation that the province has not is no organisation without members', async () => {
  await expect(run('print', '--province', 'anhui', '--organization', '34-019a2b3c-4d5e-7f60-8a1b-0000000000ff')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test.each([
  ['no province', ['print', '--province', 'hubei']], ['another province\'s organisation', ['print', '--province', 'anhui', '--organization', '31-x']],
  ['no key', ['reissue', '--province', 'anhui']], ['nothing to do', ['--province', 'anhui']],
])('%s is refused', async (_, argv) => {
  await expect(run(...argv)).rejects.toMatchObject({ name: 'Refusal' });
});
