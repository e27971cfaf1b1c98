import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openStatusList } from '@delta/pass';
import { createDatabase, type Database } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { startCluster } from '@delta/runtime/db/embedded/index';
import { provinceMigrations } from '@delta/runtime/db/migrations/index';
import { createStatusPublisher, issueBatch } from '@delta/runtime/pass/index';
import { provinceByCode } from '@delta/schema/provinces';
import { keysInMemory, trustOf } from '../support/keysInMemory.js';
import { median, slope } from './statistics.js';

/**
 * Passes on paper for everybody of a province, by the verb that a province runs: database, register, audit and signatures as they are.
 * Memory must not grow with their number; the list that stations pull stays small. `npm run bench -- passes [--passes 1000000]`.
 */
export interface PassesOptions { readonly passes: number }

const mib = 1024 * 1024;
/** As a province has unless it sets DELTA_PASS_PLACES. */
const places = 2_000_000;
/** Below that the process's own warming up is all that a slope shows: it is printed and not judged. */
const enoughForSlope = 500_000;
/** What the process still holds is looked at each time so many more are issued. */
const lookEvery = 20_000;
/**
 * Held is what a full collection leaves, so a page or an entry that is kept by mistake shows: a hundred bytes a pass would be 9.5 MiB
 * a 100,000. Resident memory goes up and down with the collector: its slope was -6.3 to 6.7 MiB in runs that held the same, so it is
 * said and not judged.
 */
const targets = { heldMiBPer100k: 0.5, listKiB: 20, listMs: 200 };
const office = '34-019a2b3c-4d5e-7f60-8a1b-00000000000a';
/** What a full collection leaves, in MiB. */
function createHeld(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / mib;
  };
}
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Made by the database, so that this process is as small at the beginning as it will be. */
async function membersOf(db: Database, count: number): Promise<void> {
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '示例党支部', 'BRANCH', '340102', array[$1], '{}')`, [office]);
  for (let from = 1; from <= count; from += 50_000) {
    await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
      select ('019a2b3c-4d5e-7f60-8a1b-' || lpad(n::text, 12, '0'))::uuid, case when n % 2 = 0 then '王小明' else '欧阳明' end, 'MALE', 'HOME', $1, '\\x00', 'v1:' || n, 'aes', 'v1'
        from generate_series($2::integer, $3::integer) n`, [office, from, Math.min(count, from + 49_999)]);
  }
  await db.query('analyze member');
}

export async function benchPasses({ passes }: PassesOptions, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), 'delta-bench-'));
  await chmod(home, 0o711);
  const cluster = await startCluster({ directory: join(home, 'pg'), log: () => undefined });
  let db: Database | undefined;
  try {
    await cluster.ensureDatabase('passes');
    db = createDatabase(await openDatabase({ url: cluster.url('passes'), entities: [], migrations: provinceMigrations, applicationName: 'bench', poolSize: 4, statementTimeoutMs: 60_000 }), 'PROVINCE_UNAVAILABLE');
    await membersOf(db, passes);
    const keys = keysInMemory([{ use: 'pass', from: seconds() - 86_400 }, { use: 'status', from: seconds() - 86_400 }]);
    const services = { db, entry: provinceByCode('34')!, now: () => new Date(), passes: { keys, places } };

    const resident: number[] = [];
    const holds: [number, number][] = [];
    const held = createHeld();
    let issued = 0;
    const started = performance.now();
    for await (const page of issueBatch(services, { organizationId: office })) {
      issued += page.length;
      resident.push(process.memoryUsage.rss() / mib);
      if (issued % lookEvery !== 0) continue;
      holds.push([issued / 100_000, held()]);
      process.stderr.write(`${issued} issued in ${((performance.now() - started) / 1000).toFixed(0)} s, ${resident.at(-1)!.toFixed(0)} MiB resident, ${holds.at(-1)![1].toFixed(1)} held\n`);
    }
    const took = (performance.now() - started) / 1000;
    // The first fifth is the process's own warming up.
    const warm = resident.slice(Math.floor(resident.length / 5));
    const kept = holds.slice(Math.floor(holds.length / 5));
    const rise = slope(kept);
    let good = true;
    const must = (what: string, met: boolean): void => {
      good &&= met;
      say(`${what}${met ? '' : ', NOT MET'}`);
    };
    must(`issued ${issued} passes of ${passes} in ${took.toFixed(0)} s, ${(issued / took).toFixed(0)} a second`, issued === passes);
    must(`memory held: ${kept[0]![1].toFixed(1)} MiB after a fifth, ${kept.at(-1)![1].toFixed(1)} at the end, ${rise.toFixed(2)} MiB a 100,000 passes, ${passes < enoughForSlope ? 'too few passes to judge' : `at most ${targets.heldMiBPer100k}`}`, passes < enoughForSlope || rise <= targets.heldMiBPer100k);
    say(`memory resident: ${Math.min(...warm).toFixed(0)} to ${Math.max(...warm).toFixed(0)} MiB after the first fifth, as the collector lets it`);

    const revoked = Math.floor(passes / 100);
    await db.query(`update pass set state = 'REVOKED', revoked_at = now(), revoked_for = 'LOST' where id in (select id from pass order by md5(id) limit $1)`, [revoked]);
    await db.query('analyze pass_place');
    const kid = keys.kidOf('pass');
    const trust = await trustOf(keys, '34', seconds());
    const times: number[] = [];
    let token: Uint8Array | undefined;
    for (let run = 0; run < 5; run += 1) {
      const began = performance.now();
      token = await createStatusPublisher(services).status(kid);
      times.push(performance.now() - began);
    }
    const list = await openStatusList(token!, { trust });
    const marked = list.bytes.reduce((sum, byte) => sum + [0, 2, 4, 6].filter((shift) => (byte >> shift & 3) === 1).length, 0);
    must(`the list says that ${marked} of ${revoked} are revoked, among ${places} places`, marked === revoked);
    must(`the list: ${(token!.length / 1024).toFixed(1)} KiB, at most ${targets.listKiB}`, token!.length <= targets.listKiB * 1024);
    must(`made from the register in ${median(times).toFixed(0)} ms (median of 5), at most ${targets.listMs}`, median(times) <= targets.listMs);
    const before = performance.now();
    const known = await createStatusPublisher(services).knownIssued(kid);
    say(`the known-issued list: ${(known!.length / mib).toFixed(1)} MiB, made in ${(performance.now() - before).toFixed(0)} ms; made only when it is asked for`);
    return good;
  } finally {
    await db?.close();
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  }
}
