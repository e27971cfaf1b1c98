import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian puts a server's binary is not on everybody's path. */
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };

/** What `nats-server --version` says; undefined where there is none on this machine. */
export function natsServerVersion(): string | undefined {
  const { status, stdout } = spawnSync('nats-server', ['--version'], { env: environment, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

export interface NatsServer {
  readonly url: string;
  /** Lines of configuration in the place of those before, in force from the next start. */
  configure(lines: string): Promise<void>;
  start(): Promise<void>;
  /** As when its machine loses power, except that what was written to the disk is there. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A real broker with JetStream on a disk of its own, not started yet; at the same address after each start. */
export async function createNatsServer(lines = ''): Promise<NatsServer> {
  const directory = await mkdtemp(join(tmpdir(), 'delta-nats-'));
  const port = await freePort();
  const file = join(directory, 'nats.conf');
  let server: ChildProcess | undefined;
  const configure = (more: string): Promise<void> => writeFile(file, `host: 127.0.0.1\nport: ${port}\njetstream { store_dir: ${JSON.stringify(join(directory, 'data'))} }\n${more}\n`);
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  await configure(lines);
  return {
    url: `nats://127.0.0.1:${port}`,
    configure, kill,
    async start() {
      await kill();
      const said: string[] = [];
      const started = spawn('nats-server', ['--config', file], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
      server = started;
      // A test file that breaks off closes nothing.
      const end = (): void => { started.kill('SIGKILL'); };
      process.once('exit', end);
      started.once('exit', () => { process.off('exit', end); });
      started.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
      for (const end = Date.now() + 10_000; !(await answers(port));) {
        if (started.exitCode !== null || Date.now() > end) throw new Error(`nats-server did not start:\n${said.join('')}`);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    },
    async close() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  taken.close();
  await once(taken, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

const answers = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1');
  socket.once('data', () => { socket.destroy(); resolve(true); }).once('error', () => { resolve(false); });
});
