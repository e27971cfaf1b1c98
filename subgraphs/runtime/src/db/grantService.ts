import pg from 'pg';
import type { QueryRunner } from 'typeorm';

type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'TRIGGER' | 'REFERENCES' | 'MAINTAIN';

/** What the audit has passed on or let lapse may go; what it recorded may not. */
export const emptiedAuditTables: readonly string[] = ['audit_pending', 'audit_nonce'];

/** What was done or was in force stays as it was written. */
const addedOnly: readonly string[] = ['exchange_act', 'pass_act', 'trust_list'];

/**
 * What a service may do with a table. Of the record of migrations it reads what has run, and of the audit, of operators' acts and of trust lists it adds and reads,
 * through the whole table rather than a month of it. MAINTAIN is for the statistics after a bulk load.
 */
export const privilegesOn = (table: string, isPartition = false): readonly Privilege[] => {
  if (isPartition) return [];
  if (table === 'migrations') return ['SELECT'];
  if (addedOnly.includes(table)) return ['SELECT', 'INSERT'];
  if (!table.startsWith('audit_')) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MAINTAIN'];
  return emptiedAuditTables.includes(table) ? ['SELECT', 'INSERT', 'DELETE'] : ['SELECT', 'INSERT'];
};

/** All that PostgreSQL would let be granted on a table: what a service should not have is taken away where an earlier grant was wider. */
const tablePrivileges: readonly Privilege[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN'];

/**
 * Lets the role of a service work with the tables, sequences and functions that the connected role owns, and no more: it owns
 * nothing, so it changes no table and disables no trigger. Says only what is missing, so that a start changes nothing that is
 * right; covers what later migrations make, because it runs after them at every start.
 */
export const grantService = async (runner: QueryRunner, role: string): Promise<void> => {
  const ask = async <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> => (await runner.query(sql, parameters)) as Row[];
  const to = pg.escapeIdentifier(role);
  const [place] = await ask<{ schema: string; usable: boolean; open: boolean; isOwner: boolean; version: number }>(`/* db.schema */
    select quote_ident(n.nspname) as schema, has_schema_privilege($1, n.oid, 'USAGE') as usable,
           has_schema_privilege($1, n.oid, 'CREATE') and pg_has_role(n.nspowner, 'USAGE') as open,
           pg_has_role($1, current_user, 'MEMBER') as "isOwner", current_setting('server_version_num')::int / 10000 as version
      from pg_namespace n where n.nspname = current_schema()`, [role]);
  if (!place) throw new Error('the owner of the database has no schema to keep tables in');
  // Granting to oneself would mean taking from oneself; auditPowers says what is wrong with that role.
  if (place.isOwner) return;
  if (!place.usable) await ask(`/* db.grantSchema */ grant usage on schema ${place.schema} to ${to}`);
  // PostgreSQL 14 lets everybody create in "public", and who may could put functions before those that the owner's functions call.
  if (place.open) await ask(`/* db.closeSchema */ revoke create on schema ${place.schema} from public, ${to}`);

  // Servers before 17 do not know MAINTAIN: there autovacuum gathers the statistics, a minute later.
  const known = tablePrivileges.filter((privilege) => privilege !== 'MAINTAIN' || place.version >= 17);
  const tables = await ask<{ name: string; isPartition: boolean; held: string[] }>(`/* db.tables */
    select c.relname as name, c.relispartition as "isPartition", array(select p from unnest($2::text[]) p where has_table_privilege($1, c.oid, p)) as held
      from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and pg_has_role(c.relowner, 'USAGE')
     order by c.relname`, [role, known]);
  for (const { name, isPartition, held } of tables) {
    const wanted = privilegesOn(name, isPartition);
    const table = `${place.schema}.${pg.escapeIdentifier(name)}`;
    const excess = known.filter((privilege) => held.includes(privilege) && !wanted.includes(privilege));
    const missing = known.filter((privilege) => wanted.includes(privilege) && !held.includes(privilege));
    if (excess.length > 0) await ask(`/* db.revoke */ revoke ${excess.join(', ')} on ${table} from ${to}`);
    if (missing.length > 0) await ask(`/* db.grant */ grant ${missing.join(', ')} on ${table} to ${to}`);
  }

  const others = await ask<{ grant: string }>(`/* db.others */
    select 'usage, select on sequence ' || c.oid::regclass as grant from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S' and pg_has_role(c.relowner, 'USAGE')
       and not (has_sequence_privilege($1, c.oid, 'USAGE') and has_sequence_privilege($1, c.oid, 'SELECT'))
    union all
    select 'execute on function ' || p.oid::regprocedure from pg_proc p
     where p.pronamespace = current_schema()::regnamespace and p.prokind in ('f', 'w') and pg_has_role(p.proowner, 'USAGE')
       and not has_function_privilege($1, p.oid, 'EXECUTE')`, [role]);
  for (const { grant } of others) await ask(`/* db.grantOther */ grant ${grant} to ${to}`);
};
