import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { auditPowers } from './auditPowers.js';
import { openDatabase } from './dataSource.js';
import { provinceMigrations } from './migrations/index.js';

let database: TestDatabase;
let owner: pg.Client;
/** Names of the test's own roles: roles belong to the whole server. */
let service: string;
let plainOwner: string;

const opened: DataSource[] = [];
const open = async (urls: { url: string; ownerUrl?: string }, migrations = provinceMigrations): Promise<DataSource> => {
  const ds = await openDatabase({ ...urls, entities: [], migrations, applicationName: 'roles', poolSize: 2, statementTimeoutMs: 5_000 });
  opened.push(ds);
  return ds;
};
const as = (role: string): string => {
  const url = new URL(database.ownerUrl);
  [url.username, url.password] = [role, 'roles-test'];
  return url.href;
};

beforeAll(async () => {
  database = await createTestDatabase();
  service = new URL(database.url).username;
  plainOwner = `${service}_owner`;
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterEach(async () => { await Promise.all(opened.splice(0).map((ds) => ds.destroy())); });
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const refused = { driverError: { code: '42501' } };

describe('the role of a service', () => {
  test('may work with the records, and with the audit by adding and reading alone', async () => {
    const ds = await open(database);
    const rows = await owner.query<{ name: string; privileges: string }>(`
      select c.relname as name, string_agg(p, ' ' order by p) as privileges
        from pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) p
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, p) group by 1`, [service]);
    const privileges = Object.fromEntries(rows.rows.map((row) => [row.name, row.privileges]));
    expect(privileges).toMatchObject({
      member: 'DELETE INSERT SELECT UPDATE', lookup: 'DELETE INSERT SELECT UPDATE', migrations: 'SELECT',
      audit_entry: 'INSERT SELECT', audit_seal: 'INSERT SELECT', audit_checkpoint: 'INSERT SELECT', audit_witness: 'INSERT SELECT',
      audit_pending: 'DELETE INSERT SELECT', audit_nonce: 'DELETE INSERT SELECT',
    });
    expect(Object.keys(privileges).filter((name) => name.startsWith('audit_entry_'))).toEqual([]);
    await ds.query('select audit_prepare_partitions(now())');
    for (const sql of [
      `update audit_entry set kind = 'CASE'`, 'delete from audit_entry', 'truncate audit_entry', 'drop table audit_entry', 'alter table audit_entry disable trigger all',
      'create table more (n int)', 'drop schema public cascade', `set session_replication_role = replica`,
    ]) await expect(ds.query(sql)).rejects.toMatchObject(refused);
    expect(await auditPowers(ds)).toEqual([]);
  });

  test('is granted what a later migration makes, and loses what was granted too widely', async () => {
    await open(database);
    await owner.query(`create table audit_later (id serial primary key); create table later (id serial primary key);
                       grant all on audit_entry, later to ${service}; grant update (kind) on audit_entry to ${service}`);
    expect(await auditPowers(await open({ url: database.url }))).toEqual(['may delete audit_entry', 'may trigger audit_entry', 'may truncate audit_entry', 'may update audit_entry']);
    const ds = await open(database);
    await ds.query('insert into audit_later default values');
    await ds.query('insert into later default values');
    await ds.query('delete from later');
    await expect(ds.query('delete from audit_later')).rejects.toMatchObject(refused);
    await expect(ds.query('truncate later')).rejects.toMatchObject(refused);
    expect(await auditPowers(ds)).toEqual([]);
    await owner.query('drop table audit_later, later');
  });

  test('at a start that changes nothing, nothing is granted or revoked', async () => {
    await open(database);
    const acls = async (): Promise<unknown> => (await owner.query(`select relname, relacl::text, xmin::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') order by 1`)).rows;
    const before = await acls();
    await open(database);
    expect(await acls()).toEqual(before);
  });

  test('starts by itself on tables that are up to date', async () => {
    await open(database);
    await expect(open({ url: database.url })).resolves.toBeDefined();
  });

  test('leaves a database to which several instances start at once as it should be', async () => {
    const fresh = await createTestDatabase();
    const instances = await Promise.all([1, 2, 3].map(() => open({ url: fresh.url, ownerUrl: fresh.ownerUrl })));
    expect(await Promise.all(instances.map((ds) => auditPowers(ds)))).toEqual([[], [], []]);
    await Promise.all(opened.splice(0).map((ds) => ds.destroy()));
    await fresh.drop();
  });
});

describe('a role that is no mere service', () => {
  test.each([
    ['a superuser', `alter role %s superuser`, `alter role %s nosuperuser`, ['is a superuser']],
    ['one that may create roles', `alter role %s createrole`, `alter role %s nocreaterole`, ['may create roles, and so become the owner']],
    ['one that owns the database', `alter database current owner to %s`, `alter database current owner to delta`, ['owns the database', 'owns the schema public', 'may create in the schema public']],
    ['one that may write any table', `grant pg_write_all_data to %s`, `revoke pg_write_all_data from %s`, expect.arrayContaining(['may update audit_entry', 'may delete audit_seal'])],
    ['one that may run programs on the server', `grant pg_execute_server_program to %s`, `revoke pg_execute_server_program from %s`, ['acts as pg_execute_server_program']],
    ['one that may change a column', `grant update (kind) on audit_entry to %s`, `revoke update on audit_entry from %s`, ['may update audit_entry']],
    ['one that may change a month', `grant delete on audit_entry_default to %s`, `revoke delete on audit_entry_default from %s`, ['may delete audit_entry_default']],
  ])('%s is told from one', async (_, make, unmake, powers) => {
    await open(database);
    const say = (sql: string): Promise<unknown> => owner.query(sql.replace('%s', service).replace('current', new URL(database.url).pathname.slice(1)));
    await say(make);
    try {
      expect(await auditPowers(await open({ url: database.url }))).toEqual(powers);
    } finally {
      await say(unmake);
    }
    expect(await auditPowers(await open({ url: database.url }))).toEqual([]);
  });

  test('one owner for everything works, and is told; so is one that could merely become the owner', async () => {
    const fresh = await createTestDatabase();
    const [name, role] = [new URL(fresh.url).pathname.slice(1), new URL(fresh.url).username];
    await owner.query(`create role ${plainOwner} login password 'roles-test'; alter database ${name} owner to ${plainOwner}`);
    const ownerUrl = new URL(as(plainOwner));
    ownerUrl.pathname = `/${name}`;
    // An owner need not be a superuser.
    const ds = await open({ url: fresh.url, ownerUrl: ownerUrl.href });
    await ds.query('select audit_prepare_partitions(now())');
    expect(await auditPowers(ds)).toEqual([]);
    const both = await open({ url: ownerUrl.href, ownerUrl: ownerUrl.href });
    expect(await auditPowers(both)).toEqual(expect.arrayContaining(['owns the database', 'owns audit_entry']));
    await both.query('delete from lookup');
    await owner.query(`grant ${plainOwner} to ${role} with inherit false`);
    expect(await auditPowers(await open({ url: fresh.url }))).toEqual(expect.arrayContaining(['owns audit_entry', 'owns audit_seal']));
    await Promise.all(opened.splice(0).map((each) => each.destroy()));
    await fresh.drop();
    await owner.query(`drop role ${plainOwner}`);
  });
});
