import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { provinceByCode, type ProvinceEntry } from '@delta/schema/provinces';
import { request } from 'undici';
import { homeDirectory, repositoryRoot } from '../home.js';
import { Refusal } from '../refusal.js';
import { requestToken, type TokenWish } from '../requestToken.js';
import { readSettings, type Settings } from '../settings.js';

/** A zone on this machine as its clients see it: over HTTP, through the gateway. */
export interface DemoZone {
  readonly settings: Settings;
  url(service: string): string;
  token(wish: TokenWish): Promise<string>;
  /** One mutation of a province. @returns its payload @throws GraphqlRefusal with the first error's code */
  act<T>(code: string, verb: string, type: string, selection: string, input: object, token: string | null): Promise<T>;
  query<T>(document: string, token: string | null): Promise<T>;
  /** Ends it, if this command started it. */
  close(): Promise<void>;
}

/** What the graph answered instead of data. */
export class GraphqlRefusal extends Error {
  override readonly name = 'GraphqlRefusal';

  constructor(readonly code: string, message: string) { super(message); }
}

export const provinceOf = (code: string): ProvinceEntry => provinceByCode(code)!;

const patienceMs = 120_000;
const isUp = (url: string): Promise<boolean> => fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok, () => false);

async function start(env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['docker/local/dist/bundles/start.js'], { cwd: repositoryRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('/graphql')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => { reject(new Refusal(`The zone did not start: ${output.trim().split('\n').at(-1) ?? ''}`, 'See its logs, or run npm start.')); });
    setTimeout(() => { reject(new Refusal('The zone was not ready in two minutes.', 'Run npm start to see why.')); }, patienceMs).unref();
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  // Ctrl-C reaches the child by itself; what else ends us must not leave it behind.
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return stop;
}

/** The zone that runs on this home's ports, or one that is started there and ended again by `close`. */
export async function openDemoZone(env: NodeJS.ProcessEnv): Promise<DemoZone & { readonly started: boolean }> {
  const settings = readSettings(env);
  const url = (service: string): string => `http://127.0.0.1:${settings.ports[service]!}`;
  const running = await isUp(url('gateway'));
  const close = running ? async () => {} : await start(env);
  const home = homeDirectory(env);

  async function ask<T>(query: string, variables: object, token: string | null): Promise<T> {
    const { body } = await request(`${url('gateway')}/graphql`, {
      method: 'POST', body: JSON.stringify({ query, variables }), headersTimeout: 15_000, headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    });
    const { data, errors } = await body.json() as { data?: T; errors?: readonly [{ message: string; extensions: { code: string } }] };
    if (errors) throw new GraphqlRefusal(errors[0].extensions.code, errors[0].message);
    return data!;
  }
  return {
    settings, url, started: !running, close,
    token: (wish) => requestToken(home, wish),
    async act(code, verb, type, selection, input, token) {
      const { slug } = provinceOf(code);
      const data = await ask<Record<string, Record<string, never>>>(`mutation($input: ${type}!) { ${slug} { ${verb}(input: $input) { ${selection} } } }`, { input }, token);
      return data[slug]![verb]!;
    },
    query: (document, token) => ask(document, {}, token),
  };
}

/** Asks until the answer will do. @throws Refusal after `seconds` */
export async function until<T>(what: string, seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Refusal(`${what} did not come in ${seconds} s.`, 'See the logs of the zone.');
    // Checks are limited by the minute.
    await delay(500);
  }
}
