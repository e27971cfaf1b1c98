import { AuditTrail } from '@delta/runtime/audit/index';
import type { Database, Queryable } from '@delta/runtime/db/database';
import type { Guards } from '@delta/runtime/server/guards';
import { KeyError, type Signer, type Trust } from '@delta/service/keys';

/** A trail that notes nothing. */
class NoTrail extends AuditTrail {
  override add(): void { /* nothing is kept */ }
  override refused(): void { /* nothing is kept */ }
  override refusedBy(): void { /* nothing is kept */ }
  override async commit(): Promise<void> { /* nothing is written */ }
}

const unsigned = (name: string): { signer: Signer; trust: Trust } => ({
  signer: {
    name, kid: `${name}-unsigned`,
    sign: async (claims, { type, audience, expiresInSeconds }) => {
      const now = Math.floor(Date.now() / 1000);
      return Buffer.from(JSON.stringify({ ...claims, typ: type, iss: name, aud: audience, iat: now, exp: now + expiresInSeconds })).toString('base64url');
    },
  },
  trust: {
    verify: async (token, { type }) => {
      const claims = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, unknown>;
      if (claims['typ'] !== type) throw new KeyError('malformed');
      return claims;
    },
    trusts: async () => true,
  },
});

const unrecorded = (db: Queryable): Queryable => ({
  query: async <Row>(sql: string, parameters?: readonly unknown[]) => (sql.startsWith('/* audit.record */') ? [{ n: 0 } as Row] : db.query<Row>(sql, parameters)),
  read: (work) => db.read(work),
});

/**
 * A service without policy, audit and signatures: the other side of the bench that measures what they cost. It shows everything
 * to everybody and records nothing, so it serves nothing else.
 */
export const withoutGuards = (name: string): Guards => ({
  ...unsigned(name),
  policy: ({ rules, decide }) => {
    const open = decide({ role: 'member', relations: [{ relation: 'SELF', purpose: 'OWN_RECORD' }] });
    return { rules, decide: () => open };
  },
  trail: (request) => new NoTrail(request),
  database: (db): Database => ({ ...unrecorded(db), transaction: (work) => db.transaction((within) => work({ ...within, ...unrecorded(within) })), close: () => db.close() }),
  seals: false,
});
