import type { DataSource } from 'typeorm';
import { emptiedAuditTables } from './grantService.js';

/**
 * What the pool's role could do to the recorded audit beyond adding to it, each as the end of "it …"; nothing when it is fit.
 *
 * Asked of PostgreSQL's catalog rather than tried, and of every role that the pool's could become: one who is a member of the
 * owner is the owner in two statements. Whoever owns the schema or the database may drop what is in it.
 */
export const auditPowers = async (ds: DataSource): Promise<string[]> => {
  const found = (await ds.query(`/* db.powers */
    with mine as (select oid, rolname, rolsuper, rolcreaterole from pg_roles where pg_has_role(session_user, oid, 'MEMBER')),
    audit as (
      select oid, relname, relowner from pg_class
       where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and starts_with(relname, 'audit_')
    ),
    place as (select oid, nspname, nspowner from pg_namespace where nspname = current_schema())
    select 1 as rank, 'is a superuser' as power where exists (select from mine where rolsuper)
    union select 2, 'may create roles, and so become the owner' where exists (select from mine where rolcreaterole)
    union select 3, 'acts as ' || rolname from mine where rolname in ('pg_execute_server_program', 'pg_write_server_files')
    union select 4, 'owns the database' from pg_database where datname = current_database() and datdba in (select oid from mine)
    union select 5, 'owns the schema ' || nspname from place where nspowner in (select oid from mine)
    union select 6, 'may create in the schema ' || nspname from place where has_schema_privilege(session_user, oid, 'CREATE')
    union select 7, 'owns ' || relname from audit where relowner in (select oid from mine)
    union select 8, 'may ' || lower(privilege) || ' ' || relname
      from audit, unnest('{UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) privilege
     where not (privilege = 'DELETE' and relname = any ($1))
       and exists (select from mine where has_table_privilege(mine.oid, audit.oid, privilege)
                                       or privilege = 'UPDATE' and has_any_column_privilege(mine.oid, audit.oid, 'UPDATE'))
    order by 1, 2`, [emptiedAuditTables])) as { rank: number; power: string }[];
  // A superuser may do everything below as well; so may the owner of a table. The first of its kind says enough.
  const worst = found.find(({ rank }) => rank === 1) ? found.slice(0, 1) : found;
  const owns = worst.some(({ rank }) => rank === 7);
  return worst.filter(({ rank }) => !(owns && rank === 8)).map(({ power }) => power);
};
