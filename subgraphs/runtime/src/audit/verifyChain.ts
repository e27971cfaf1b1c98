import type { Queryable } from '../db/database.js';
import { digestOf, entryColumns, genesis, linkHash, momentText, type ChainAlgorithm, type SealedEntry } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { ownCheckpoints, type CheckpointSource, type KeptCheckpoint } from './checkpointSources.js';
import { findUnsealed, type ChainProblem } from './findUnsealed.js';

export type { ChainProblem } from './findUnsealed.js';

export interface VerifyOptions {
  readonly db: Pick<Queryable, 'query'>;
  /** Others who keep this chain's checkpoints. Without any, whoever owns the database could have rewritten all of it. */
  readonly witnesses?: readonly CheckpointSource[];
  /** Checks the signature of a checkpoint. @throws when its owner did not sign it */
  readonly readCheckpoint?: (token: string) => Promise<Checkpoint>;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ChainReport {
  /** Links that fit. */
  readonly sealed: bigint;
  /** Of them, those whose entries have expired. */
  readonly expired: bigint;
  readonly head: string | null;
  /** Checkpoints that fit, by keeper. */
  readonly checkpoints: Readonly<Record<string, number>>;
  /** Checkpoints that bear no signature of the owner: no evidence of anything. */
  readonly unsigned: number;
  /** The first thing that does not fit. */
  readonly problem: ChainProblem | null;
}

interface SealRow {
  readonly seq: string; readonly sealAt: string; readonly entryId: string; readonly algorithm: ChainAlgorithm; readonly digest: Buffer; readonly hash: Buffer;
  readonly mayBeGone: boolean; readonly entry: SealedEntry | null;
}

const batchSize = 2_000;

/** Seals with their entries. An entry may be missing once its month has been over for three years. */
const readSeals = async (db: Pick<Queryable, 'query'>, after: bigint): Promise<SealRow[]> => {
  const rows = await db.query<Omit<SealRow, 'entry'> & SealedEntry>(`/* audit.seals */
    select s.seq, ${momentText('s.entry_at')} as "sealAt", s.entry_id as "entryId", s.algorithm, s.digest, s.hash,
           (date_trunc('month', s.entry_at at time zone 'UTC') + interval '1 month') at time zone 'UTC' < clock_timestamp() - interval '3 years' as "mayBeGone", e.*
      from (select * from audit_seal where seq > $1 order by seq limit ${batchSize}) s
      left join lateral (select ${entryColumns} from audit_entry e where e.at = s.entry_at and e.id = s.entry_id offset 0) e on true
     order by s.seq`, [after.toString()]);
  return rows.map((row) => ({ ...row, entry: row.id === null ? null : row }));
};

const followsFrom = (previous: Buffer, seq: bigint, { algorithm, hash }: SealRow, { sealAt: at, entryId: id, digest }: SealRow): boolean =>
  linkHash(algorithm, previous, { seq, at, id, digest }).equals(hash);

/** What is wrong with one seal, or null. `batch`: where to look for the seal that this one changed places with. */
function judge(seal: SealRow, expected: bigint, previous: Buffer, batch: readonly SealRow[]): string | null {
  if (BigInt(seal.seq) !== expected) return `seal ${expected} is missing`;
  if (!followsFrom(previous, expected, seal, seal)) {
    // It bears the hash that belongs to another's content here, or its own content fits behind another.
    const moved = batch.some((other) => other !== seal && (followsFrom(previous, expected, seal, other) || followsFrom(other.hash, BigInt(other.seq), seal, seal)));
    return moved
      ? 'the seal stands in another\'s place: seals were reordered' : 'the seal was edited: it does not follow from the one before';
  }
  if (!seal.entry) return seal.mayBeGone ? null : 'the entry was deleted after it was sealed';
  return digestOf(seal.algorithm, seal.entry).equals(seal.digest) ? null : 'the entry was edited after it was sealed';
}

/**
 * Computes an owner's whole chain anew, from the first seal to the last, a batch at a time, beside the running service, and
 * names the first thing that does not fit: an entry that was edited or deleted, a seal that was edited, moved or is missing,
 * a signed checkpoint that the chain contradicts, an entry that was never sealed.
 */
export async function verifyChain({ db, witnesses = [], readCheckpoint, onProgress = () => undefined }: VerifyOptions): Promise<ChainReport> {
  const own = ownCheckpoints(db);
  const [{ total } = { total: '0' }] = await db.query<{ total: string }>('/* audit.total */ select coalesce(max(seq), 0) as total from audit_seal');
  const fitting: Record<string, number> = {};
  let [seq, expired, unsigned, lastFit] = [0n, 0n, 0, 0n];
  let hash: Buffer = genesis;

  const isSigned = async ({ seq: at, hash: told, token }: KeptCheckpoint): Promise<boolean> => {
    if (!readCheckpoint) return true;
    const signed = await readCheckpoint(token).catch(() => null);
    return signed?.seq === at && signed.hash === told;
  };
  const report = (problem: ChainProblem | null): ChainReport => ({ sealed: seq, expired, head: seq === 0n ? null : hash.toString('hex'), checkpoints: fitting, unsigned, problem });

  for (;;) {
    const batch = await readSeals(db, seq);
    if (batch.length === 0) break;
    const until = BigInt(batch.at(-1)!.seq);
    const kept = (await Promise.all([own, ...witnesses].map(async (from) => (await from.read(seq, until)).map((checkpoint) => ({ ...checkpoint, from }))))).flat();
    const bySeq = new Map<string, typeof kept>();
    for (const checkpoint of kept) bySeq.set(checkpoint.seq, [...bySeq.get(checkpoint.seq) ?? [], checkpoint]);
    for (const seal of batch) {
      const place = { seq: seal.seq, entryId: seal.entryId, at: seal.sealAt };
      const wrong = judge(seal, seq + 1n, hash, batch);
      if (wrong !== null) return report({ ...place, what: wrong });
      seq += 1n;
      hash = seal.hash;
      if (!seal.entry) expired += 1n;
      for (const checkpoint of bySeq.get(seal.seq) ?? []) {
        const isOwn = checkpoint.from === own;
        if (!(await isSigned(checkpoint))) {
          if (isOwn) return report({ ...place, what: 'the checkpoint kept beside the chain was edited: it is not what the owner signed' });
          unsigned += 1;
        } else if (checkpoint.hash !== hash.toString('hex')) {
          return report({ ...place, what: `the chain was rewritten: ${checkpoint.from.keeper} keeps a signed checkpoint with another hash, so an entry after seal ${lastFit} and up to here was changed, and all later seals with it` });
        } else {
          fitting[checkpoint.from.keeper] = (fitting[checkpoint.from.keeper] ?? 0) + 1;
          lastFit = seq;
        }
      }
    }
    onProgress(Number(seq), Math.max(Number(total), Number(seq)));
  }
  for (const from of [own, ...witnesses]) {
    const [beyond] = await from.read(seq, null);
    // A running service may have sealed and signed since the last batch was read.
    if (beyond && (await isSigned(beyond)) && (await readSeals(db, seq)).length === 0) {
      return report({ seq: beyond.seq, entryId: null, at: null, what: `the chain was cut off: it ends at seal ${seq}, and ${from.keeper} keeps a signed checkpoint beyond it` });
    }
  }
  return report(await findUnsealed(db));
}
