import { randomBytes } from 'node:crypto';
import { createEnvelope, type Envelope } from '@delta/runtime/crypto/envelope';
import type { MasterKeys } from '@delta/runtime/crypto/masterKeys';
import { createDatabase, type Database } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { provinceMigrations } from '@delta/runtime/db/migrations/index';
import { createAnswer, eventTypes, exchangePath, httpTransport, overNats, peersOf, sendEvents, startExchange, subjectSeals, type Answer, type EventType, type ExchangeServices, type Peer, type RunningExchange } from '@delta/runtime/exchange/index';
import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import { createHttpServer } from '@delta/service/httpServer';
import { createSigner, createTrust, generateKeyPair, type JWK, type Signer, type Trust } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';

/** The business of these tests: a note at the sender, and a note at the receiver for each that arrived. */
interface Note { readonly n: number; readonly text: string }

const noteType = (personal: boolean, type: string): EventType<Note> => ({
  type, version: 1, personal,
  parse(data) {
    const { n, text } = (data ?? {}) as Record<string, unknown>;
    if (typeof n !== 'number' || typeof text !== 'string') throw new Error('not a note');
    return { n, text };
  },
  async apply(within, events) {
    if (events.some(({ data }) => data.text === 'poison')) throw new Error('poison');
    for (const key of events.flatMap(({ data }) => (data.text.startsWith('touches ') ? data.text.split(' ').slice(1) : []))) {
      await within.query('insert into touched (key, times) values ($1, 1) on conflict (key) do update set times = touched.times + 1', [key]);
    }
    await within.query('insert into arrived (id, peer, subject, n) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[])',
      [events.map(({ id }) => id), events.map(({ from }) => from), events.map(({ subject }) => subject), events.map(({ data }) => data.n)]);
  },
  async restore(within, events) {
    for (const { subject, data } of events) await within.query('insert into written (subject, n) values ($1, $2) on conflict do nothing', [subject, data.n]);
  },
});

/** One that says nothing of its sender's own rows. */
const passingType: EventType<Note> = (({ restore: _restore, ...type }) => type)(noteType(false, 'note.passing'));

const tables = `create table if not exists touched (key text primary key, times integer);
  create table if not exists written (subject text, n integer, primary key (subject, n));
  create table if not exists arrived (place bigint generated always as identity primary key, id uuid unique, peer text, subject text, n integer, at timestamptz default clock_timestamp())`;

export interface Owner {
  readonly name: string;
  readonly signer: Signer;
  readonly trust: Trust;
  readonly services: ExchangeServices;
  readonly envelope: Envelope;
  readonly url: string;
  /** Connection strings of its database. */
  readonly database: Pick<TestDatabase, 'url' | 'ownerUrl'>;
  db(): Database;
  /** One business transaction: a note and the event that tells of it. */
  write(to: string, subject: string, n: number, more?: { readonly text?: string; readonly type?: string; readonly version?: number; readonly data?: unknown }): Promise<void>;
  /** What has arrived from a peer, in the order of its arrival. */
  arrived(peer: string): Promise<{ subject: string; n: number }[]>;
  written(): Promise<{ subject: string; n: number }[]>;
  rows<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Runs the exchange; several run as replicas would. */
  run(pollMs?: number, greetMs?: number): RunningExchange;
  /** Raw bytes to this owner, as anybody could send them. */
  post(bytes: Buffer): Promise<{ status: number; body: Buffer }>;
  /** Copies the database as it is, and later puts the copy in its place: a restore from an older backup. Nothing runs meanwhile. */
  backup(): Promise<string>;
  restore(backup: string): Promise<void>;
  /** Answers nobody, or everybody by one refusal, until it is called again. */
  pause(paused: boolean | ErrorCode): void;
  close(): Promise<void>;
}

const names = ['shanghai', 'jiangsu', 'zhejiang'] as const;

/** Kinds of events beside the notes, made from what the owner is made of. */
export type MoreTypes = (parts: Pick<ExchangeServices, 'signer' | 'trust' | 'now'> & { readonly name: string; readonly envelope: Envelope }) => readonly EventType[];

export interface MoreParts {
  readonly types?: MoreTypes;
  /** Address of a NATS server that carries their messages in the place of HTTP. */
  readonly broker?: string;
  /** Connections of an owner. */
  readonly poolSize?: number;
  /** The database of an owner that another process began: this one is a replica of it. */
  readonly replicaOf?: Pick<TestDatabase, 'url' | 'ownerUrl'>;
}

export interface Owners { readonly owners: Record<(typeof names)[number], Owner>; readonly keys: Record<string, { privateKey: JWK; publicKey: JWK }>; close(): Promise<void> }

/** Owners with databases and HTTP servers of their own, in this process. */
export async function startOwners(onLog: (line: string) => void = () => undefined, more: MoreParts = {}): Promise<Owners> {
  const pairs = await Promise.all([...names, 'stranger'].map(async (name) => [name, await generateKeyPair(name)] as const));
  const keys = Object.fromEntries(pairs);
  const trust = await createTrust({ keys: Object.fromEntries(names.map((name) => [name, [keys[name]!.publicKey]])) });
  const addresses: Peer[] = [];
  const owners = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await startOwner(name, keys[name]!.privateKey, trust, addresses, onLog, more)]))) as Owners['owners'];
  return { owners, keys, close: async () => { await Promise.all(Object.values(owners).map((owner) => owner.close())); } };
}

/** @param addresses where the owners answer; it adds itself */
export async function startOwner(name: string, key: JWK, trust: Trust, addresses: Peer[], onLog: (line: string) => void = () => undefined, { types: more = () => [], broker, poolSize = 6, replicaOf }: MoreParts = {}): Promise<Owner> {
  const database: TestDatabase = replicaOf ? { ...replicaOf, drop: async () => undefined } : await createTestDatabase();
  const signer = await createSigner(key);
  const peers = peersOf(name, () => addresses);
  const running: RunningExchange[] = [];
  const master = randomBytes(32);
  const masterKeys: MasterKeys = { current: 'v1', versions: ['v1'], key: () => master };
  let pool = await open(database, poolSize);
  let paused: boolean | ErrorCode = false;
  // Looked up at each use: a restore puts another pool in its place.
  const db: Database = {
    query: (sql, parameters) => pool.query(sql, parameters), read: (work) => pool.read(work),
    transaction: (work) => pool.transaction(work), close: () => pool.close(),
  };
  const log = createLog(name, { level: 'debug', destination: { write: onLog } });
  const [envelope, now] = [createEnvelope(masterKeys), (): Date => new Date()];
  const services: ExchangeServices = {
    db, signer, trust, log, now, seals: subjectSeals(envelope),
    types: eventTypes([noteType(false, 'note.written'), noteType(true, 'note.secret'), passingType, ...more({ name, signer, trust, envelope, now })]),
  };
  const heard = createAnswer(services, peers);
  const answer: Answer = async (message, maxBytes) => {
    if (paused !== false) throw new PlatformError(paused === true ? 'PROVINCE_UNAVAILABLE' : paused);
    return heard(message, maxBytes);
  };
  const http = createHttpServer({ name, log, metrics: createMetrics(name), host: '127.0.0.1', port: 0, ready: async () => ({ ok: true, checks: {} }), bodyLimit: 8 * 1024 * 1024 });
  http.fastify.post(exchangePath, async (request, reply) => reply.type('application/octet-stream').send(await answer(request.body as Buffer)));
  const { url } = await http.listen();
  addresses.push({ name, url });
  const administer = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: process.env['DELTA_TEST_CLUSTER'] });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const ownName = new URL(database.url).pathname.slice(1);
  const copies: string[] = [];

  return {
    name, signer, trust, services, envelope, url, database,
    db: () => pool,
    async write(to, subject, n, { text = '', type = 'note.written', version = 1, data } = {}) {
      await db.transaction(async (within) => {
        await within.query('insert into written (subject, n) values ($1, $2) on conflict do nothing', [subject, n]);
        const known = services.types.has(type) ? services : { ...services, types: new Map([...services.types, [type, { ...services.types.get('note.written')!, type }]]) };
        await sendEvents(within, known, [{ to, type, version, subject, data: data ?? { n, text } }], new Date());
      });
    },
    arrived: (peer) => db.query('select subject, n from arrived where peer = $1 order by place', [peer]),
    written: () => db.query('select subject, n from written order by subject, n'),
    rows: (sql, parameters = []) => db.query(sql, parameters),
    run(pollMs = 10, greetMs = 200) {
      const wire = broker === undefined ? { transport: httpTransport(peers), stop: async () => undefined }
        : overNats({ signer, trust, log, peers, answer, settings: { natsUrls: [broker], natsCredentialsFile: undefined, natsReplicas: 1 }, timeoutMs: 3_000 });
      const started = startExchange({ ...services, transport: wire.transport }, { peers, pollMs, greetMs });
      const exchange = { stop: async () => { running.splice(running.indexOf(exchange), 1); await started.stop(); await wire.stop(); } };
      running.push(exchange);
      return exchange;
    },
    async post(bytes) {
      const response = await fetch(new URL(exchangePath, url), { method: 'POST', body: bytes, headers: { 'content-type': 'application/json' } });
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    },
    async backup() {
      const copy = `${ownName}_copy${copies.length}`;
      copies.push(copy);
      await pool.close();
      await administer(`create database ${copy} template ${ownName}`);
      pool = await open(database, poolSize);
      return copy;
    },
    async restore(backup) {
      await pool.close();
      await administer(`drop database ${ownName} with (force)`, `create database ${ownName} template ${backup}`);
      pool = await open(database, poolSize);
    },
    pause: (now) => { paused = now; },
    async close() {
      await Promise.all([...running].map((exchange) => exchange.stop()));
      await http.drain();
      await pool.close();
      if (copies.length > 0) await administer(...copies.map((copy) => `drop database ${copy}`));
      await database.drop();
    },
  };
}

async function open(database: TestDatabase, poolSize: number): Promise<Database> {
  const source = await openDatabase({ ...database, entities: [], migrations: provinceMigrations, applicationName: 'exchange', poolSize, statementTimeoutMs: 5_000 });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(tables);
  await owner.query(`grant select, insert, update, delete on written, arrived, touched to ${new URL(database.url).username}`);
  await owner.end();
  return createDatabase(source, 'PROVINCE_UNAVAILABLE');
}

/** Waits until it is so. @throws Error after `seconds` */
export async function until(so: () => Promise<boolean>, what: string, seconds = 10): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end;) {
    if (await so()) return;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error(`it did not come to this in ${seconds} seconds: ${what}`);
}
