import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '@delta/runtime/db/embedded/index';
import pg from 'pg';
import { drillTables, type DrillOrder } from './drillEvents.js';
import type { OrderAnswer, OrderMessage } from './drillOwner.js';

export interface OwnerOptions {
  readonly name: string;
  readonly home: string;
  /** The process's whole environment but for its database. */
  readonly env: Readonly<Record<string, string>>;
  readonly durable: boolean;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** An order that was not sent: nothing of it is anywhere. */
export class NotSent extends Error {}

/** One owner: a PostgreSQL of its own, which is restarted when it dies, and its subgraph, a process that may be killed. */
export class DrillOwner {
  readonly #options: OwnerOptions;
  readonly #cluster: Cluster;
  readonly #log: FileHandle;
  readonly #waiting = new Map<number, { resolve(ids: readonly string[]): void; reject(error: Error): void }>();
  #child: ChildProcess | undefined;
  #url: string | undefined;
  #orders = 0;
  /** Which call of `start` keeps it up; a later one, and `kill`, take over. */
  #keeper = 0;
  #closing = false;
  /** How often its subgraph went without being told to. */
  unasked = 0;

  private constructor(options: OwnerOptions, cluster: Cluster, log: FileHandle) {
    this.#options = options;
    this.#cluster = cluster;
    this.#log = log;
  }

  /** Its database, with the drill's tables; its subgraph does not run yet. */
  static async prepare(options: OwnerOptions): Promise<DrillOwner> {
    const { name, home, durable } = options;
    const log = await open(join(home, `${name}.log`), 'a');
    const cluster = await startCluster({ directory: join(home, name, 'pg'), durable, log: (line) => { void log.appendFile(`${line}\n`).catch(() => undefined); } });
    const owner = new DrillOwner(options, cluster, log);
    await cluster.ensureDatabase(name);
    await owner.rows(drillTables);
    return owner;
  }

  get name(): string { return this.#options.name; }
  /** Where its subgraph answers at this moment. */
  get port(): number | undefined { return this.#url === undefined ? undefined : Number(new URL(this.#url).port); }
  get url(): string | undefined { return this.#url; }

  /**
   * Runs its subgraph until `kill`, starting it again if it goes by itself. Resolves when it answers.
   * @param attempts after which it is given up; then throws
   */
  async start(attempts = Infinity): Promise<void> {
    const keeper = ++this.#keeper;
    const keeps = (): boolean => this.#keeper === keeper && !this.#closing;
    for (let attempt = 1; keeps(); attempt += 1) {
      if (await this.#startOnce(keeps)) return;
      if (attempt >= attempts) throw new Error(`${this.name} does not start: ${(await readFile(join(this.#options.home, `${this.name}.log`), 'utf8')).trim().slice(-1_000)}`);
      await sleep(200);
    }
  }

  async #startOnce(keeps: () => boolean): Promise<boolean> {
    const env = { ...this.#options.env, DATABASE_URL: await this.#cluster.serviceUrl(this.name).catch(() => ''), DATABASE_OWNER_URL: this.#cluster.url(this.name) };
    if (env.DATABASE_URL === '' || !keeps()) return false;
    const child = fork(here('drillOwner.ts'), [this.name], {
      execArgv: ['--import', here('../../support/typescript.js')], env, stdio: ['ignore', this.#log.fd, this.#log.fd, 'ipc'], serialization: 'json',
    });
    this.#child = child;
    const ready = new Promise<boolean>((resolve) => {
      child.on('message', (message: OrderAnswer | { readonly type: 'ready'; readonly url: string } | { readonly type: 'registered' | 'progress' }) => {
        if (message.type === 'ready') { this.#url = message.url; resolve(true); }
        if (message.type === 'answer') this.#settle(message);
      });
      child.once('exit', () => { resolve(false); });
    });
    child.once('exit', () => {
      if (this.#child !== child) return;
      const wasUp = this.#url !== undefined;
      this.#child = this.#url = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error('its subgraph died'));
      this.#waiting.clear();
      if (!keeps()) return;
      this.unasked += 1;
      if (wasUp) void this.start();
    });
    return ready;
  }

  #settle(answer: OrderAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('ids' in answer) waiting?.resolve(answer.ids);
    else waiting?.reject(new Error(answer.error));
  }

  /** One business transaction. @returns the ids, once it is committed. @throws NotSent, or anything else when it is in doubt */
  write(events: readonly DrillOrder[]): Promise<readonly string[]> {
    const child = this.#child;
    if (!child || this.#url === undefined || !child.connected) return Promise.reject(new NotSent(`${this.name} does not run`));
    const id = this.#orders++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.send({ id, write: events } satisfies OrderMessage, (error) => { if (error) { this.#waiting.delete(id); reject(error); } });
    });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void { this.#child?.kill(signal); }

  /** Kills its subgraph with -9, wherever it is, and leaves it dead. */
  async kill(): Promise<void> {
    this.#keeper += 1;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Kills its PostgreSQL's postmaster with -9; it is started again by whoever keeps it. */
  killPostmaster(): void { process.kill(this.#cluster.pid, 'SIGKILL'); }

  /** Process ids of its subgraph's database connections. */
  async backends(): Promise<number[]> {
    const rows = await this.#administer<{ pid: number }>('select pid from pg_stat_activity where datname = $1 and usename = $2', [this.name, `${this.name}_service`]);
    return rows.map(({ pid }) => pid);
  }

  async terminateBackends(): Promise<void> {
    await this.#administer('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()', [this.name]);
  }

  /** Waits until its relay is giving places to events, between reading the outbox and filling the log. @returns whether it came to that in time */
  async sequencing(ms: number): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.#cluster.url('postgres') });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (const until = Date.now() + ms; Date.now() < until; await sleep(2)) {
        const { rowCount } = await client.query(`select from pg_stat_activity where datname = $1 and state in ('idle in transaction', 'active')
          and (query like '/* background.exchange.next%' or query like '/* background.exchange.place%')`, [this.name]);
        if (rowCount) return true;
      }
    } catch {
      // Its server was killed a moment ago.
    } finally {
      await client.end().catch(() => undefined);
    }
    return false;
  }

  /**
   * Copies the database as it is. Its subgraph does not run. By files: copied by WAL, the indexes of unlogged tables are found broken
   * after a crash (PostgreSQL 18).
   */
  async backup(): Promise<void> {
    await this.terminateBackends();
    await this.#administer(`drop database if exists ${this.name}_backup`);
    await this.#administer(`create database ${this.name}_backup template ${this.name} strategy file_copy`);
  }

  /** Puts the copy in the database's place: all that came after it is lost. Its subgraph does not run. */
  async restore(): Promise<void> {
    await this.#administer(`drop database if exists ${this.name} with (force)`);
    await this.#administer(`create database ${this.name} template ${this.name}_backup strategy file_copy`);
  }

  /** Rows of its database, or of its backup, asked for as its administrator; again when the server is away. */
  rows<Row>(sql: string, parameters: unknown[] = [], database = this.name): Promise<Row[]> { return this.#administer<Row>(sql, parameters, database); }

  async #administer<Row>(sql: string, parameters: unknown[] = [], database = 'postgres'): Promise<Row[]> {
    for (const until = Date.now() + 30_000; ;) {
      const client = new pg.Client({ connectionString: this.#cluster.url(database) });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query(sql, parameters)).rows as Row[];
      } catch (error) {
        if (Date.now() > until || this.#closing) throw error;
        await sleep(200);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.kill();
    await this.#cluster.stop();
    await this.#log.close();
  }
}
