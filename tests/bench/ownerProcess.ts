import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order } from './exchangeOwner.js';

/** Gives a process its orders (exchangeOwner.ts) and brings back what came of them. */
export type Ask = <T>(order: Order) => Promise<T>;

/** @param label names the process where an order fails */
export function askingOf(child: ChildProcess, label: string): Ask {
  const waiting = new Map<number, (answer: { result?: unknown; error?: string }) => void>();
  let asked = 0;
  child.on('message', ({ id, ...answer }: { id?: number; result?: unknown; error?: string }) => {
    if (id === undefined) return;
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return (order) => new Promise((resolve, reject) => {
    const id = asked++;
    waiting.set(id, ({ result, error }) => { if (error === undefined) resolve(result as never); else reject(new Error(`${label}: ${error}`)); });
    child.send({ id, order });
  });
}

/** A process for one owner of the exchange, over a database of its own in a cluster. */
export const forkOwner = (clusterUrl: string): ChildProcess => fork(fileURLToPath(new URL('exchangeOwner.ts', import.meta.url)), {
  execArgv: ['--max-semi-space-size=64', '--import', fileURLToPath(new URL('../support/typescript.js', import.meta.url))], env: { PATH: process.env['PATH'] ?? '', DELTA_TEST_CLUSTER: clusterUrl }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
