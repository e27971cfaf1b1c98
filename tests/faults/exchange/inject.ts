import { setTimeout as sleep } from 'node:timers/promises';
import { outboxId } from '@delta/runtime/exchange/tables';
import type { DrillOwner } from './owner.js';
import { written } from './progress.js';
import type { Fault, Restore } from './schedule.js';
import type { DrillZone } from './zone.js';

/** Long enough that peers have answered what they were asked before an owner died. */
const settlingMs = 1_500;
const patienceMs = 90_000;

/** Work that stops at one owner while that is restored. */
export interface Holdable {
  /** Nothing more is asked of this owner; resolves when nothing is on its way. */
  hold(owner: string): Promise<void>;
  release(owner: string): void | Promise<void>;
}

/** Carries out what a schedule says. One thing at a time happens to one owner, and on one link. */
export class Injector {
  /** Ids of events that were in a database when it was lost, and neither in its backup nor at a peer. */
  readonly mayBeLost = new Set<string>();
  /** When the cause of the last fault was over (`performance.now`): the process was started, the link whole. */
  lastEnd = 0;
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(readonly zone: DrillZone, readonly workload: Holdable, readonly random: () => number) {}

  /** Resolves when its cause is over. */
  do(what: Fault | Restore): Promise<void> {
    const place = 'link' in what ? `${what.owner} ${what.to}` : what.owner;
    const turn = (this.#busy.get(place) ?? Promise.resolve()).then(() => this.#carryOut(what)).then(() => { this.lastEnd = performance.now(); });
    this.#busy.set(place, turn.catch(() => undefined));
    return turn;
  }

  async #carryOut(what: Fault | Restore): Promise<void> {
    const owner = this.zone.owners.get(what.owner)!;
    switch (what.kind) {
      case 'backup':
        return this.#stopped(owner, () => owner.backup());
      case 'restore':
        return this.#restore(owner, what);
      case 'relay killed':
        await owner.sequencing(2_000);
        return this.#killed(owner, what.ms);
      case 'subgraph killed':
        return this.#killed(owner, what.ms);
      case 'subgraph suspended':
        owner.signal('SIGSTOP');
        await sleep(what.ms);
        owner.signal('SIGCONT');
        return;
      case 'postmaster killed':
        owner.killPostmaster();
        return;
      case 'backend killed': {
        const backends = await owner.backends();
        const victim = backends[Math.floor(this.random() * backends.length)];
        if (victim !== undefined) try { process.kill(victim, 'SIGKILL'); } catch { /* it went by itself */ }
        return;
      }
      case 'backends terminated':
        return owner.terminateBackends();
      case 'link cut': case 'link hung': case 'link slowed': case 'link cut midway': case 'answers lost': case 'messages echoed': {
        const link = this.zone.link(what.owner, what.to);
        link.set(what.link!);
        await sleep(what.ms);
        link.set({ does: 'PASS' });
      }
    }
  }

  async #killed(owner: DrillOwner, ms: number): Promise<void> {
    await owner.kill();
    await sleep(ms);
    void owner.start();
  }

  async #stopped(owner: DrillOwner, work: () => Promise<void>): Promise<void> {
    await owner.kill();
    await work();
    void owner.start();
  }

  async #restore(owner: DrillOwner, { settled }: Restore): Promise<void> {
    if (settled) {
      await this.workload.hold(owner.name);
      await this.#everythingArrived(owner);
    }
    await this.#stopped(owner, async () => {
      if (!settled) await this.#noteLosses(owner);
      await owner.restore();
    });
    await this.workload.release(owner.name);
  }

  async #everythingArrived(owner: DrillOwner): Promise<void> {
    const ends = await written(owner);
    for (const until = Date.now() + patienceMs; ; await sleep(100)) {
      const received = new Map((await owner.rows<{ peer: string; n: number }>('select peer, received_seq::float8 as n from exchange_stream where direction = \'OUT\'')).map(({ peer, n }) => [peer, n]));
      if (ends.every(({ peer, n }) => (received.get(peer) ?? 0) >= n)) return;
      if (Date.now() > until) throw new Error(`what ${owner.name} acknowledged did not reach its peers in time`);
    }
  }

  /** What the database alone knows of is lost with it: what it acknowledged and neither its backup nor a peer has. */
  async #noteLosses(owner: DrillOwner): Promise<void> {
    await sleep(settlingMs);
    const told = `select peer, ${outboxId}::uuid as id from exchange_outbox union all select peer, id from exchange_log`;
    const kept = new Set((await owner.rows<{ id: string }>(told, [], `${owner.name}_backup`)).map(({ id }) => id));
    const missing = (await owner.rows<{ peer: string; id: string }>(told)).filter(({ id }) => !kept.has(id));
    for (const [name, peer] of this.zone.owners) {
      const ids = missing.filter((each) => each.peer === name).map(({ id }) => id);
      const there = new Set((await peer.rows<{ id: string }>('select id from exchange_inbox where peer = $1 and id = any($2)', [owner.name, ids])).map(({ id }) => id));
      for (const id of ids) if (!there.has(id)) this.mayBeLost.add(id);
    }
  }
}
