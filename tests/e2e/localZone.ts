import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { dumpTables, recordTraffic } from '../support/traffic.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** Builds what the commands run; `npm start` does the same first. */
export const build = async (): Promise<void> => { await run('npm', ['run', 'build'], { cwd: root }); };

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

/** What in a command tells the processes of a service, and of an owner's database. */
export const serviceNamed = (name: string): RegExp => new RegExp(`/bundles/${name}\\.js`);
export const databaseOf = (owner: string): RegExp => new RegExp(`${owner}/pg`);

const owners = ['ZONE', 'SHANGHAI', 'JIANGSU', 'ZHEJIANG', 'ANHUI'];

/** The zone as `npm start` runs it, in processes of its own, on a home and ports of its own. */
export class LocalZone {
  private supervisor: ChildProcess | null = null;
  output = '';

  private constructor(readonly home: string, readonly env: NodeJS.ProcessEnv, readonly url: string) {}

  static async prepare(settings: Readonly<Record<string, string>> = {}): Promise<LocalZone> {
    const home = await mkdtemp(join(tmpdir(), 'delta-e2e-'));
    // As root the database servers run under another account, which must pass through here to its folder.
    await chmod(home, 0o711);
    const ports = await freePorts(2 + owners.length * 2);
    const [gateway, issuer] = ports.splice(0, 2);
    const env = {
      ...process.env, ...settings, DELTA_HOME: home, DELTA_GATEWAY_PORT: String(gateway), DELTA_ISSUER_PORT: String(issuer),
      ...Object.fromEntries(owners.flatMap((owner, i) => [[`DELTA_${owner}_PORT`, String(ports[2 * i])], [`DELTA_${owner}_POSTGRES_PORT`, String(ports[2 * i + 1])]])),
    };
    return new LocalZone(home, env, `http://127.0.0.1:${gateway}/graphql`);
  }

  /** Starts and waits until the zone says that it is ready; gives the seconds it took. */
  async start(...options: string[]): Promise<number> {
    const started = performance.now();
    const child = spawn(process.execPath, ['docker/local/dist/bundles/start.js', ...options], { cwd: root, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.supervisor = child;
    this.output = '';
    const ready = new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.output += chunk.toString();
        if (this.output.includes('/graphql')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => { reject(new Error(`the zone stopped with ${code}:\n${this.output}`)); });
    });
    await ready;
    return (performance.now() - started) / 1000;
  }

  /** Waits until every service says that it is ready again. */
  async ready(seconds = 60): Promise<void> {
    const ports = ['GATEWAY', ...owners].map((name) => this.env[`DELTA_${name}_PORT`]!);
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const states = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/ready`).then(({ status }) => status === 200, () => false)));
      if (states.every(Boolean)) return;
      if (Date.now() > until) throw new Error(`not ready within ${seconds} s; the zone said:\n${this.output}`);
      await sleep(200);
    }
  }

  /** Rows of an owner's database, read as its administrator. */
  async rows<Row>(owner: string, sql: string): Promise<Row[]> {
    const password = (await readFile(join(this.home, owner, 'pg/password'), 'utf8')).trim();
    const client = new pg.Client({ host: '127.0.0.1', port: Number(this.env[`DELTA_${owner.toUpperCase()}_POSTGRES_PORT`]), user: 'delta', password, database: owner });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Asks it to stop as Ctrl-C does; gives the seconds it took. */
  async stop(): Promise<number> {
    const started = performance.now();
    const exit = once(this.supervisor!, 'exit');
    this.supervisor!.kill('SIGINT');
    await exit;
    return (performance.now() - started) / 1000;
  }

  /** Every process of this home, by the variable in its environment, PostgreSQL by its data folder. */
  async processes(): Promise<{ pid: number; command: string }[]> {
    const found = await Promise.all((await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name)).map(async (pid) => {
      const [command, environment] = await Promise.all(['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
      const ours = environment!.split('\0').includes(`DELTA_HOME=${this.home}`) || command!.includes(this.home);
      return ours && Number(pid) !== process.pid ? [{ pid: Number(pid), command: command!.replaceAll('\0', ' ') }] : [];
    }));
    return found.flat();
  }

  async kill(matching: RegExp, signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    const victims = (await this.processes()).filter(({ command }) => matching.test(command));
    for (const { pid } of victims) {
      try { process.kill(pid, signal); } catch { /* it went by itself */ }
    }
    return victims.length;
  }

  async token(...options: string[]): Promise<string> {
    return (await this.command('token', ...options)).trim();
  }

  /** What a command of the root prints. */
  async command(name: string, ...options: string[]): Promise<string> {
    return (await run(process.execPath, [`docker/local/dist/${name}.js`, ...options], { cwd: root, env: this.env })).stdout;
  }

  async ask<Data>(query: string, variables: object, token?: string): Promise<{ data: Data; errors?: { extensions: { code: string; province?: string } }[] }> {
    const response = await fetch(this.url, {
      method: 'POST', body: JSON.stringify({ query, variables }),
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    return await response.json() as { data: Data; errors?: { extensions: { code: string; province?: string } }[] };
  }

  /** Kills what is left, keeps what the zone said for the leak test, and removes its folder. */
  async remove(): Promise<void> {
    const traffic = await recordTraffic({ traces: false });
    // The welcome shows the synthetic example to paste, on purpose; everything else on the screen counts.
    traffic.note('log', this.output.split('\n').filter((line) => !line.startsWith('  curl ')).join('\n'));
    for (const file of await readdir(this.home, { recursive: true }).catch(() => [])) {
      if (/\.log(\.1)?$/.test(file)) traffic.note('log', await readFile(join(this.home, file), 'utf8').catch(() => ''));
    }
    await dumpTables((sql) => this.rows('zone', sql)).then((text) => { traffic.note('database', text); }, () => undefined);
    await traffic.close();
    await this.kill(/./);
    // A database's helpers notice a moment later that it was killed, and may write until then.
    await rm(this.home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
