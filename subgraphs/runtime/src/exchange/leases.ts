import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../db/database.js';
import { giveLeases, renewLeases, takeLease } from './store.js';

/**
 * Which peers this replica serves. Replicas of one owner share the work by rows that run out unless their holder renews them: one
 * that stopped, was killed or is frozen is followed by another within the lease. Nothing relies on it but how much is done twice:
 * places are given under a lock, and what two replicas send is taken once.
 */
export class Leases {
  readonly #holder = uuidv7();
  /** Until when by our own clock, counted from before the database was asked. */
  readonly #until = new Map<string, number>();
  #renewing: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly db: Pick<Database, 'query'>, private readonly leaseMs: number) {
    this.#timer = setInterval(() => { this.#renewing ??= this.#renew().catch(() => undefined).finally(() => { this.#renewing = undefined; }); }, leaseMs / 3);
    this.#timer.unref();
  }

  holds(peer: string): boolean {
    return (this.#until.get(peer) ?? 0) > performance.now();
  }

  /** Whether this replica serves the peer from now on: it does already, or nobody does. */
  async take(peer: string): Promise<boolean> {
    if (this.holds(peer)) return true;
    const asked = performance.now();
    const taken = await takeLease(this.db, peer, this.#holder, this.leaseMs);
    if (taken) this.#until.set(peer, asked + this.leaseMs);
    else this.#until.delete(peer);
    return taken;
  }

  /** Gives all back, so that others take them at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    this.#until.clear();
    await giveLeases(this.db, this.#holder);
  }

  async #renew(): Promise<void> {
    const held = [...this.#until.keys()].filter((peer) => this.holds(peer));
    if (held.length === 0) return;
    const asked = performance.now();
    const renewed = new Set(await renewLeases(this.db, held, this.#holder, this.leaseMs));
    for (const peer of held) {
      if (renewed.has(peer)) this.#until.set(peer, asked + this.leaseMs);
      else this.#until.delete(peer);
    }
  }
}
