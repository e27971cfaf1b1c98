import { setTimeout as sleep } from 'node:timers/promises';
import { restartPolicy, superviseChild, type Child, type ChildSpec, type RestartPolicy } from './child.js';
import type { ChildMessage } from './childMessage.js';

export interface SupervisedSpec extends ChildSpec {
  /** Stopped before the others, so that what it still answers can reach them: the gateway. */
  readonly front: boolean;
}

export interface SupervisorEvents {
  onMessage(name: string, message: ChildMessage): void;
  onNotice(name: string, line: string): void;
  onDeath(name: string, reason: string, retryInMs: number): void;
  /** The set of processes changed: ids of those that run now. */
  onChange(children: readonly { name: string; pid: number }[]): void;
}

export interface SupervisorOptions {
  /** After SIGTERM a child has this long until SIGKILL. */
  readonly stopBoundMs?: number;
  /** How long the others wait for the front ones to finish what they still answer. */
  readonly frontGraceMs?: number;
  readonly restart?: RestartPolicy;
}

export interface Supervisor {
  start(): void;
  /** Each child gets SIGTERM once; the promise settles when none is left. */
  stop(): Promise<void>;
  /** SIGKILL to all at once. */
  kill(): void;
}

/** Runs a set of processes as one: any that dies is started again while the others go on, and all end together. */
export function supervise(specs: readonly SupervisedSpec[], events: SupervisorEvents, options: SupervisorOptions = {}): Supervisor {
  const { stopBoundMs = 8_000, frontGraceMs = 1_000, restart = restartPolicy } = options;
  const running = (): { name: string; pid: number }[] => children.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]));
  const children: Child[] = specs.map((spec) => superviseChild(spec, {
    onSpawn: () => events.onChange(running()),
    onMessage: (message) => events.onMessage(spec.name, message),
    onNotice: (line) => events.onNotice(spec.name, line),
    onDeath: (reason, retryInMs) => events.onDeath(spec.name, reason, retryInMs),
  }, restart));
  const front = children.filter((_, index) => specs[index]?.front);
  const rest = children.filter((_, index) => !specs[index]?.front);
  let stopped: Promise<void> | null = null;

  const stopAll = async (): Promise<void> => {
    const frontGone = Promise.all(front.map((child) => child.stop(stopBoundMs)));
    await Promise.race([frontGone, sleep(frontGraceMs, undefined, { ref: false })]);
    await Promise.all([frontGone, ...rest.map((child) => child.stop(stopBoundMs))]);
  };

  return {
    start: () => { for (const child of children) child.start(); },
    stop: () => (stopped ??= stopAll()),
    kill: () => { for (const child of children) child.kill(); },
  };
}
