import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../random.js';
import { recovered } from './recovered.js';
import type { Asked, Outcome, Secretaries } from './secretaries.js';

/** A transfer that its province acknowledged. */
export interface Act {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  /** Whether the receiving organisation exists: it is received then, and declined otherwise. */
  readonly exists: boolean;
}

/** What whoever moved a member knows of it. */
export interface Walk {
  readonly memberId: string;
  /** Who held it at first. */
  readonly home: string;
  readonly acts: Act[];
  /** Who holds it now: the receiver of the last transfer to an organisation that exists. */
  at: string;
}

export interface WalksOptions {
  readonly seed: number;
  readonly members: readonly { readonly memberId: string; readonly home: string }[];
  /** Transfers a member. */
  readonly moves: number;
  /** Organisations by province. */
  readonly organizations: ReadonlyMap<string, readonly string[]>;
  /** Longest pause between two transfers of one member. */
  readonly pauseMs: number;
}

/** How long a member may be nowhere before its walk is given up. */
const patienceMs = 120_000;

/**
 * Each member is sent from province to province, and on again as soon as the next one has it, whether or not the one before and the
 * directory have heard of it. Some transfers go to an organisation that does not exist, some are asked for twice by the same key, and
 * some by two who want the member elsewhere.
 */
export class Walks {
  readonly walks: readonly Walk[];
  /** What went wrong on the way: answers that contradict each other, and members who did not arrive. */
  readonly wrong: { readonly invariant: 'oneActAtATime' | 'walksEnd'; readonly where: string; readonly what: string }[] = [];
  readonly counts = { declined: 0, doubled: 0, rivals: 0, inDoubt: 0 };
  readonly #held = new Set<string>();
  readonly #flying = new Map<string, number>();
  #made = 0;
  #stopped = false;

  constructor(readonly secretaries: Secretaries, readonly options: WalksOptions) {
    this.walks = options.members.map(({ memberId, home }) => ({ memberId, home, acts: [], at: home }));
  }

  get total(): number { return this.walks.length * this.options.moves; }
  get done(): number { return this.#made / this.total; }
  get told(): string { return `${this.#made} of ${this.total}`; }

  async run(): Promise<void> { await Promise.all(this.walks.map((walk, i) => this.#walk(walk, seeded(this.options.seed + 31 * (i + 1))))); }

  stop(): void { this.#stopped = true; }

  /** Nobody asks this owner for anything more; resolves when every act of its has been answered. */
  async hold(owner: string): Promise<void> {
    this.#held.add(owner);
    while ((this.#flying.get(owner) ?? 0) > 0) await sleep(5);
  }

  /** It is asked again once it has taken up what it lost: what it does before that contradicts what it did. */
  async release(owner: string): Promise<void> {
    await recovered(this.secretaries.zone, owner, patienceMs);
    this.#held.delete(owner);
  }

  async #walk(walk: Walk, random: () => number): Promise<void> {
    for (let made = 0; made < this.options.moves && !this.#stopped; made += 1) {
      await sleep(random() * this.options.pauseMs);
      if (!await this.#move(walk, random)) {
        if (!this.#stopped) this.wrong.push({ invariant: 'walksEnd', where: walk.memberId, what: `${walk.at} does not have it after ${patienceMs / 1_000} s, following ${walk.acts.at(-1)?.transferId}` });
        this.#made += this.options.moves - made;
        return;
      }
      this.#made += 1;
    }
  }

  async #move(walk: Walk, random: () => number): Promise<boolean> {
    const { memberId, at: from } = walk;
    const draw = (exists: boolean): Asked & { to: string; exists: boolean } => {
      const others = [...this.options.organizations.keys()].filter((name) => name !== from);
      const to = others[Math.floor(random() * others.length)]!;
      const known = this.options.organizations.get(to)!;
      const organizationId = known[Math.floor(random() * known.length)]!;
      return { memberId, clientKey: uuidOf(random), to, exists, organizationId: exists ? organizationId : `${organizationId.slice(0, 3)}${uuidOf(random)}` };
    };
    const kind = random();
    const exists = kind >= 0.15;
    const first = draw(exists);
    const [twice, rival] = [kind > 0.8 && kind < 0.9, kind >= 0.9];
    const asked = twice ? [first, first] : rival ? [first, draw(true)] : [first];
    for (const until = Date.now() + patienceMs; Date.now() < until && !this.#stopped; await sleep(100 + random() * 300)) {
      const outcomes = await Promise.all(asked.map(async (each) => ({ each, outcome: await this.#ask(from, each) })));
      const accepted = outcomes.flatMap(({ each, outcome }) => (typeof outcome === 'object' && 'transferId' in outcome ? [{ ...each, transferId: outcome.transferId }] : []));
      if (accepted.length === 0) continue;
      if (new Set(accepted.map(({ transferId }) => transferId)).size > 1) this.wrong.push({ invariant: 'oneActAtATime', where: `${memberId} at ${from}`, what: `${accepted.map(({ transferId }) => transferId).join(' and ')} were accepted at once` });
      if (!exists) this.counts.declined += 1;
      if (twice) this.counts.doubled += 1;
      if (rival) this.counts.rivals += 1;
      const { transferId, to } = accepted[0]!;
      walk.acts.push({ transferId, from, to, exists });
      if (exists) walk.at = to;
      return true;
    }
    return false;
  }

  /** Asks until there is an answer: an act whose answer is lost is the same act when it is asked for again. */
  async #ask(province: string, { memberId, organizationId, clientKey }: Asked): Promise<Outcome> {
    while (this.#held.has(province) && !this.#stopped) await sleep(20);
    this.#flying.set(province, (this.#flying.get(province) ?? 0) + 1);
    try {
      for (;;) {
        const outcome = await this.secretaries.transfer(province, { memberId, organizationId, clientKey });
        if (outcome !== 'IN_DOUBT' || this.#stopped) return outcome;
        this.counts.inDoubt += 1;
        await sleep(150);
      }
    } finally {
      this.#flying.set(province, this.#flying.get(province)! - 1);
    }
  }
}

/** A version 7 UUID out of the run's own numbers, so that the same seed asks for the same. */
function uuidOf(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
