import type { Database, Queryable, Transaction } from '../db/database.js';
import { digestOf, entryColumns, genesis, linkHash, type ChainAlgorithm, type SealedEntry } from './chain.js';

/** Any number, as long as nobody else locks it in this database; "audit" in ASCII. */
const lockKey = 0x6175646974;
const batchSize = 1_000;

interface Head { readonly seq: string; readonly hash: Buffer }

/** The newest link. */
export const readHead = async (db: Pick<Queryable, 'query'>): Promise<Head | undefined> =>
  (await db.query<Head>('/* background.audit.head */ select seq, hash from audit_seal order by seq desc limit 1'))[0];

/**
 * Runs `work` in one transaction while no replica seals; null when one does. The lock ends with the transaction, and is taken
 * by a statement of its own: what is read after it is what the last holder has left.
 */
export const alone = <T>(db: Database, work: (within: Transaction) => Promise<T>): Promise<T | null> => db.transaction(async (within) => {
  const [lock] = await within.query<{ taken: boolean }>('/* background.audit.lock */ select pg_try_advisory_xact_lock($1) as taken', [lockKey]);
  return lock?.taken === true ? work(within) : null;
});

export interface SealedBatch {
  readonly sealed: number;
  /** Entries that were gone before they could be sealed: somebody deletes in this database. */
  readonly vanished: number;
  readonly more: boolean;
}

/**
 * Seals what is pending, a batch at most. What a transaction has recorded shows here all at once when it has committed, so the
 * order of the chain is the order in which entries became visible, and within a batch that of their time.
 */
export const sealBatch = (db: Database, algorithm: ChainAlgorithm): Promise<SealedBatch | null> => alone(db, async (within) => {
  // `offset 0` keeps the planner at one look by primary key for each pending row, whatever it believes their number to be.
  const rows = await within.query<SealedEntry & { place: string }>(`/* background.audit.pending */
    select p.ctid::text as place, e.* from (select ctid, at, id from audit_pending limit ${batchSize}) p
      left join lateral (select ${entryColumns} from audit_entry e where e.at = p.at and e.id = p.id offset 0) e on true
     order by p.at, p.id`);
  if (rows.length === 0) return { sealed: 0, vanished: 0, more: false };
  const entries = rows.filter(({ id }) => id !== null);
  const head = await readHead(within);
  let seq = BigInt(head?.seq ?? 0);
  let hash = head?.hash ?? genesis;
  const links = entries.map((entry) => {
    const link = { seq: seq += 1n, at: entry.at, id: entry.id, digest: digestOf(algorithm, entry) };
    hash = linkHash(algorithm, hash, link);
    return { ...link, hash };
  });
  await within.query(`/* background.audit.seal */
    with sealed as (delete from audit_pending where ctid = any($1::tid[]))
    insert into audit_seal (seq, entry_at, entry_id, algorithm, digest, hash)
    select l.seq, l.at, l.id, $2, l.digest, l.hash from unnest($3::bigint[], $4::timestamptz[], $5::uuid[], $6::bytea[], $7::bytea[]) as l (seq, at, id, digest, hash)`, [
    rows.map(({ place }) => place), algorithm, links.map((link) => link.seq.toString()), links.map((link) => link.at), links.map((link) => link.id),
    links.map((link) => link.digest), links.map((link) => link.hash),
  ]);
  return { sealed: entries.length, vanished: rows.length - entries.length, more: rows.length === batchSize };
});

/**
 * Finds what is neither sealed nor pending: a crash of the server empties `audit_pending`, which is unlogged. Looks from a
 * minute before the newest seal on, which is longer than any transaction takes between recording and commit.
 */
export const findLost = (db: Database): Promise<number | null> => alone(db, async (within) => (await within.query(`/* background.audit.lost */
  insert into audit_pending (at, id)
  select e.at, e.id from audit_entry e
   where e.at > coalesce((select entry_at from audit_seal order by seq desc limit 1) - interval '1 minute', '-infinity')
     and not exists (select from audit_seal s where s.entry_id = e.id) and not exists (select from audit_pending p where p.id = e.id)
   order by e.at, e.id limit 50000
  returning id`)).length);
