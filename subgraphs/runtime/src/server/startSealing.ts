import type { Logger } from '@delta/service/log';
import { startSequencer, type Sequencer } from '../audit/index.js';
import { checkpointEvent, type Joined } from '../exchange/index.js';
import type { Database } from '../db/database.js';
import type { Guards } from './guards.js';

export interface SealingOptions {
  readonly guards: Guards;
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => Date;
  /** Where the heads of the chain are told, so that all others keep them. */
  readonly exchange: Joined;
  /** Of a province or of the zone: the suite decides the digest of the chain. */
  readonly settings: { readonly cryptoSuite: 'aes' | 'sm'; readonly checkpointSeconds: number };
}

/** Seals an owner's audit as it is configured; null where the guards do without. */
export const startSealing = ({ guards, db, log, now, exchange, settings: { cryptoSuite, checkpointSeconds } }: SealingOptions): Sequencer | null =>
  (guards.seals ? startSequencer({
    db, signer: guards.signer, log, now, algorithm: cryptoSuite === 'sm' ? 'sm3' : 'sha256', checkpointMs: checkpointSeconds * 1_000,
    onCheckpoint: (within, token, at) => exchange.tellAll(within, { type: checkpointEvent, version: 1, subject: guards.signer.name, data: { token } }, at),
  }) : null);
