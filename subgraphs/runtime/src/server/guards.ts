import type { Signer, Trust } from '@delta/service/keys';
import type { Policy } from '../access/index.js';
import { AuditTrail, type AuditedRequest } from '../audit/index.js';
import type { Database } from '../db/database.js';

/**
 * What stands between a request and a disclosure. Services are started with the real ones; the bench that measures what they
 * cost hands in others. No setting and no environment reaches this.
 */
export interface Guards {
  readonly signer: Signer;
  readonly trust: Trust;
  /** The policy in use, made from the real one. */
  readonly policy: (real: Policy) => Policy;
  readonly trail: (request: AuditedRequest) => AuditTrail;
  /** The database that requests use, made from the real one. */
  readonly database: (real: Database) => Database;
  /** Whether entries are sealed. */
  readonly seals: boolean;
}

export const guardsWith = (keys: { readonly signer: Signer; readonly trust: Trust }): Guards => ({
  ...keys, policy: (real) => real, trail: (request) => new AuditTrail(request), database: (real) => real, seals: true,
});
