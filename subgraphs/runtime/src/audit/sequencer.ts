import { setTimeout as sleep } from 'node:timers/promises';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import { PlatformError } from '@delta/schema/errors';
import type { Database, Transaction } from '../db/database.js';
import type { ChainAlgorithm } from './chain.js';
import { signCheckpoint } from './checkpoint.js';
import { alone, findLost, readHead, sealBatch } from './sealBatch.js';

export interface SequencerOptions {
  readonly db: Database;
  readonly signer: Signer;
  readonly log: Logger;
  readonly now: () => Date;
  readonly algorithm: ChainAlgorithm;
  /** How often the head is signed while it moves, in milliseconds. A minute when left out. */
  readonly checkpointMs?: number;
  /** Told of each signed head, within the transaction that keeps it. */
  readonly onCheckpoint?: (within: Transaction, token: string, at: Date) => Promise<void>;
}

export interface Sequencer {
  /** Seals what is pending, then ends. */
  stop(): Promise<void>;
}

/** Often enough to seal within a second, and seldom enough that a batch is more than a request. */
const pollMs = 400;
const failedMs = 2_000;
const sweepMs = 10_000;
const upkeepMs = 24 * 60 * 60_000;

/**
 * Seals what is recorded into the chain, within a second of its commit; signs the head; makes room for new months and lets
 * expired ones go. Every replica runs one, and by turns one of them works: whoever holds the lock for a transaction.
 */
export function startSequencer({ db, signer, log, now, algorithm, checkpointMs = 60_000, onCheckpoint = async () => undefined }: SequencerOptions): Sequencer {
  const stopping = new AbortController();

  const seal = async (): Promise<void> => {
    if ((await db.query('/* background.audit.any */ select from audit_pending limit 1')).length === 0) return;
    for (let more = true; more;) {
      const batch = await sealBatch(db, algorithm);
      if (batch && batch.vanished > 0) log.error({ code: 'AUDIT_BROKEN', count: batch.vanished }, 'audit entries were gone before they were sealed');
      more = batch?.more === true;
    }
  };

  const checkpoint = async (): Promise<void> => {
    await alone(db, async (within) => {
      const head = await readHead(within);
      const [last] = await within.query<{ seq: string; at: Date }>('/* background.audit.lastCheckpoint */ select seq, at from audit_checkpoint order by seq desc limit 1');
      const at = now();
      if (!head || head.seq === last?.seq || (last && at.getTime() - last.at.getTime() < checkpointMs)) return;
      const signed = { seq: head.seq, hash: head.hash.toString('hex'), at };
      const token = await signCheckpoint(signer, signed);
      await within.query('/* background.audit.checkpoint */ insert into audit_checkpoint (seq, hash, at, token) values ($1, $2, $3, $4)', [signed.seq, signed.hash, at, token]);
      await onCheckpoint(within, token, at);
    });
  };

  const sweep = async (): Promise<void> => {
    await db.query('/* background.audit.nonces */ delete from audit_nonce where until < now()');
    const found = await findLost(db);
    if (found !== null && found > 0) log.warn({ count: found }, 'audit entries that were not pending are sealed now');
  };

  const upkeep = async (): Promise<void> => {
    await db.query('/* background.audit.prepare */ select audit_prepare_partitions($1)', [now()]);
    const [expired] = await db.query<{ dropped: number }>('/* background.audit.expire */ select audit_drop_expired() as dropped');
    if (expired && expired.dropped > 0) log.info({ months: expired.dropped }, 'audit entries of expired months were dropped');
  };

  const chores = [
    { every: upkeepMs, run: upkeep }, { every: sweepMs, run: sweep }, { every: 0, run: seal }, { every: Math.min(checkpointMs, 5_000), run: checkpoint },
  ].map((chore) => ({ ...chore, due: 0 }));

  const once = async (): Promise<void> => {
    for (const chore of chores) {
      if (performance.now() < chore.due) continue;
      await chore.run();
      chore.due = performance.now() + chore.every;
    }
  };

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await once();
        failures = 0;
      } catch (error) {
        failures += 1;
        // Once a streak: a database that is away for an hour is one fact, not thousands.
        if (failures === 1) log.warn({ code: error instanceof PlatformError ? error.code : 'INTERNAL', err: error }, 'sealing the audit waits');
      }
      await sleep(failures === 0 ? pollMs : failedMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await seal().catch(() => undefined);
  };
  const running = loop();
  return { stop: async () => { stopping.abort(); await running; } };
}
