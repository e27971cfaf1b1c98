import type { Database } from '@delta/runtime/db/database';
import {
  newestCheckpoint, registrationLimits, witness, witnessedSince, type Fork, type RegistrationBatch, type RegistrationReceipt,
} from '@delta/runtime/exchange/registration/index';
import type { Trust } from '@delta/service/keys';

export interface WitnessServices { readonly db: Database; readonly trust: Trust; readonly onFork: (fork: Fork) => void }

/**
 * Keeps the head of a province's audit chain and tells it the zone's own and the other provinces', so that each owner's word
 * is kept by all the others. A contradiction is kept, handed on and told to who caused it; the batch is answered all the same,
 * since people's records must not wait for it.
 */
export async function tellHeads(
  { db, trust, onFork }: WitnessServices, province: string, { checkpoint, checkpointsAfter }: RegistrationBatch,
): Promise<Pick<RegistrationReceipt, 'checkpoints' | 'contradicts'>> {
  const forks = checkpoint ? await witness(db, trust, [{ owner: province, token: checkpoint }]) : [];
  for (const fork of forks) if (fork.isNew) onFork(fork);
  const own = await newestCheckpoint(db);
  const { heads, until } = await witnessedSince(db, province, checkpointsAfter ?? null, registrationLimits.heads);
  return {
    contradicts: forks[0]?.contradicts ?? null,
    checkpoints: { heads: [...(own === null ? [] : [{ owner: 'zone', token: own }]), ...heads], until },
  };
}
