import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endDatabases, endLeftovers, forgetChildren, noteChildren } from './leftovers.js';
import { takeLock, zoneLock } from './lock.js';
import { makeHome } from './makeHome.js';
import { requireFreePorts } from './ports.js';
import { trackReadiness, type ReadinessNews } from './readiness.js';
import type { Screen } from './screen.js';
import { owners, portClaims, type Settings } from './settings.js';
import { supervise, type SupervisedSpec } from './supervisor.js';

export interface Run {
  readonly settings: Settings;
  readonly screen: Screen;
  /** Name of the lock on the home: the zone's, or a province's that runs alone. */
  readonly lock: string;
  /** Names of the services that will be started, for their ports. */
  readonly services: readonly string[];
  /** Those that report when their members stand in the directory. */
  readonly registering: readonly string[];
  /** Runs under the lock, once nothing of an earlier run is left and before anything starts: keys, data. */
  readonly prepare: () => Promise<readonly SupervisedSpec[]>;
  /** Lines to print when all is ready. */
  readonly welcome: (secondsSinceStart: string, missing: readonly string[]) => string | Promise<string>;
}

/**
 * Starts services on one home and keeps them running until a signal; settles when no process is left.
 * @throws Refusal when another run holds the home, or a port is taken
 */
export async function runServices({ settings, screen, lock: lockName, services, registering, prepare, welcome }: Run): Promise<void> {
  const { home } = settings;
  await makeHome(home);
  const lock = await takeLock(home, lockName);
  try {
    const databases = services.filter((name) => owners.includes(name));
    // We hold the lock, so no other run of these lives.
    const runs = lockName === zoneLock ? owners : [zoneLock, lockName];
    const left = await endLeftovers(home, runs, databases);
    if (left.length > 0) screen.line(`An earlier run did not end cleanly; ended what it left: ${left.join(', ')}.`);
    await requireFreePorts(portClaims(settings, services));
    const specs = await prepare();
    await mkdir(join(home, 'logs'), { recursive: true, mode: 0o700 });
    await superviseUntilSignal(specs, { settings, screen, lock: lockName, registering, welcome });
    await endDatabases(home, databases);
    await forgetChildren(home, lockName);
  } finally {
    await lock.release();
  }
}

async function superviseUntilSignal(specs: readonly SupervisedSpec[], { settings: { home }, screen, lock: lockName, registering, welcome }: Pick<Run, 'settings' | 'screen' | 'lock' | 'registering' | 'welcome'>): Promise<void> {
  const readiness = trackReadiness({ expected: specs.map(({ name }) => name), registering });
  const announce = (news: ReadinessNews): void => {
    if (news.kind === 'back') {
      lastDeath.delete(news.name);
      screen.line(`${news.name} answers again.`);
    }
    if (news.kind !== 'ready') return;
    const say = (text: string): void => { screen.endProgress(); screen.line(text); };
    Promise.resolve(welcome(process.uptime().toFixed(1), news.missing)).then(say, (error: Error) => say(`ready, but without a welcome: ${error.message}`));
  };
  const lastDeath = new Map<string, string>();
  let stopping = false;
  let noted: Promise<void> = Promise.resolve();
  const supervisor = supervise(specs, {
    onMessage: (name, message) => {
      if (stopping) return;
      if (message.type === 'progress') screen.progress(name, message.task, message.done, message.total);
      else announce(message.type === 'ready' ? readiness.ready(name) : readiness.registered(name));
    },
    onNotice: (name, line) => { if (!stopping) screen.line(`${name}: ${line}`); },
    onDeath: (name, reason, retryInMs) => {
      // Once the waits grow no more, the same line would come for ever.
      const line = `${name} stopped (${reason}); starting it again in ${retryInMs / 1000} s. Its log: ${join(home, 'logs', `${name}.log`)}`;
      if (lastDeath.get(name) !== line) screen.line(line);
      lastDeath.set(name, line);
      announce(readiness.died(name));
    },
    // One after the other, so that the last note written is the newest.
    onChange: (children) => { noted = noted.then(() => noteChildren(home, lockName, children)).catch((error: Error) => screen.line(`cannot note the processes: ${error.message}`)); },
  });

  const signals = listenForStop();
  supervisor.start();
  await signals.first;
  stopping = true;
  screen.endProgress();
  screen.line('Stopping; a second Ctrl-C kills.');
  void signals.second.then(() => supervisor.kill());
  await supervisor.stop();
  await noted;
}

/**
 * npm passes Ctrl-C on although the terminal sent it to us already: what comes this soon after the first is its echo. (The
 * scripts `exec` node, because a shell in between would keep to itself what npm passes on.)
 */
const echoMs = 500;

/**
 * Two promises, for the first and the second wish to stop. Started by npm, the end of npm counts as a wish: whoever kills it
 * means the zone.
 */
function listenForStop(): { first: Promise<void>; second: Promise<void> } {
  const wishes: ((value: void) => void)[] = [];
  const [first, second] = [0, 1].map(() => new Promise<void>((resolve) => { wishes.push(resolve); })) as [Promise<void>, Promise<void>];
  let last = 0;
  const wish = (): void => {
    if (Date.now() - last < echoMs) return;
    last = Date.now();
    wishes.shift()?.();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, wish);
  if (process.env['npm_lifecycle_event'] !== undefined) void parentGone().then(wish);
  return { first, second };
}

async function parentGone(): Promise<void> {
  const parent = process.ppid;
  while (process.ppid === parent) await sleep(500, undefined, { ref: false });
}
