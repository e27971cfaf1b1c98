import type { Signer, Trust } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { Database } from '../db/database.js';
import type { EventTypes } from './eventType.js';
import type { ExchangeCounts } from './metrics.js';
import type { Seals } from './seals.js';
import type { Transport } from './transport.js';

/** What the exchange works with. */
export interface ExchangeServices {
  readonly db: Database;
  /** The owner's own name and key. */
  readonly signer: Signer;
  readonly trust: Trust;
  readonly types: EventTypes;
  readonly seals: Seals;
  readonly log: Logger;
  readonly now: () => Date;
  /** Told when a peer has gone back to an older backup, before it is told again: what it was told by other ways is for others to repeat. */
  readonly onRewound?: (peer: string) => Promise<void>;
  /** Told of what operators count. */
  readonly counts?: ExchangeCounts;
}

export interface SenderServices extends ExchangeServices { readonly transport: Transport }
