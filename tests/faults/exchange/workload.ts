import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../random.js';
import type { DrillOrder } from './drillEvents.js';
import { NotSent } from './owner.js';
import type { DrillZone } from './zone.js';

export interface Stream { readonly from: string; readonly to: string }

/** An event as its business knows it. */
export interface Written extends Stream { readonly subject: string; readonly n: number; readonly poison: boolean }

/** One whose owner said that it is committed. */
export interface Acknowledged extends Written { readonly id: string }

export interface WorkloadOptions {
  readonly seed: number;
  /** Events to be acknowledged a stream. */
  readonly events: number;
  /** Events a stream whose effect fails. */
  readonly poison: number;
  /** Who writes at once at one owner. */
  readonly writers?: number;
  /** To how many others each owner writes; all unless given. */
  readonly peers?: number;
}

const longestOrder = 12;
const subjectsPerWriter = 60;
const sharedSubjects = 8;
/** A stream that is so far behind gets nothing more until it has caught up. */
const longestBacklog = 1_500;

/** Writes at every owner to others: business transactions of one to a dozen events, about some hundreds of subjects each. */
export class Workload {
  readonly acknowledged: Acknowledged[] = [];
  /** Sent, and no answer came: it may be written or not. */
  readonly inDoubt: Written[] = [];
  readonly streams: readonly Stream[];
  /** How far each stream is behind, as it was last seen. */
  readonly backlog = new Map<string, number>();
  readonly #options: Required<WorkloadOptions>;
  readonly #zone: DrillZone;
  readonly #left: Map<string, number>;
  readonly #held = new Set<string>();
  readonly #flying = new Map<string, number>();
  #stopped = false;

  constructor(zone: DrillZone, options: WorkloadOptions) {
    this.#zone = zone;
    const names = [...zone.owners.keys()];
    this.#options = { writers: 4, peers: names.length - 1, ...options };
    const { peers } = this.#options;
    this.streams = names.flatMap((from, i) => Array.from({ length: peers }, (_, k) => ({ from, to: names[(i + 1 + k) % names.length]! })));
    this.#left = new Map(this.streams.map((stream) => [keyOf(stream), options.events]));
  }

  get total(): number { return this.streams.length * this.#options.events; }
  /** What share of it is acknowledged. */
  get done(): number { return this.acknowledged.length / this.total; }
  get told(): string { return `${this.acknowledged.length} of ${this.total}`; }

  /** Resolves when everything is acknowledged, or it was stopped. */
  async run(): Promise<void> {
    const { writers } = this.#options;
    await Promise.all([...this.#zone.owners.keys()].flatMap((owner, i) => Array.from({ length: writers }, (_, writer) => this.#writer(owner, i, writer))));
  }

  stop(): void { this.#stopped = true; }

  /** Nothing more is written at this owner; resolves when nothing is on its way. */
  async hold(owner: string): Promise<void> {
    this.#held.add(owner);
    while ((this.#flying.get(owner) ?? 0) > 0) await sleep(5);
  }

  release(owner: string): void { this.#held.delete(owner); }

  async #writer(owner: string, place: number, writer: number): Promise<void> {
    const { seed, events, poison, writers } = this.#options;
    const random = seeded(seed + 1_000 * (place + 1) + writer);
    const below = (most: number): number => Math.floor(random() * most);
    const counters = new Map<string, number>();
    // One writer a subject: its orders follow one another, as one person's affairs do.
    const subjects = [
      ...Array.from({ length: subjectsPerWriter }, (_, i) => `${owner}-${writer}-${i}`),
      ...Array.from({ length: sharedSubjects }, (_, i) => i).filter((i) => i % writers === writer).map((i) => `shared-${i}`),
    ];
    const own = this.streams.filter(({ from }) => from === owner);
    const open = (): Stream[] => own.filter((stream) => this.#left.get(keyOf(stream))! > 0);
    while (!this.#stopped && open().length > 0) {
      const ready = open().filter((stream) => (this.backlog.get(keyOf(stream)) ?? 0) < longestBacklog);
      if (ready.length === 0 || this.#held.has(owner)) { await sleep(20); continue; }
      const order = Array.from({ length: 1 + below(longestOrder) }, (): Written & DrillOrder => {
        const { from, to } = ready[below(ready.length)]!;
        const subject = random() < 0.005 ? subjects[subjectsPerWriter + below(subjects.length - subjectsPerWriter)]! : subjects[below(subjectsPerWriter)]!;
        const n = (counters.get(`${to} ${subject}`) ?? 0) + 1;
        counters.set(`${to} ${subject}`, n);
        return { from, to, subject, n, poison: random() < poison / events, type: to !== 'zone' && from !== 'zone' && random() < 0.3 ? 'drill.secret' : 'drill.plain', text: 'x'.repeat(40 + below(200)) };
      });
      await this.#send(owner, order);
    }
  }

  async #send(owner: string, order: readonly (Written & DrillOrder)[]): Promise<void> {
    this.#count(order, -1);
    this.#flying.set(owner, (this.#flying.get(owner) ?? 0) + 1);
    const written = order.map(({ from, to, subject, n, poison }): Written => ({ from, to, subject, n, poison }));
    try {
      const ids = await this.#zone.owners.get(owner)!.write(order.map(({ to, subject, n, poison, type, text }) => ({ to, subject, n, poison, type, text })));
      for (const [i, each] of written.entries()) this.acknowledged.push({ ...each, id: ids[i]! });
    } catch (error) {
      if (!(error instanceof NotSent)) this.inDoubt.push(...written);
      this.#count(order, 1);
      await sleep(50);
    } finally {
      this.#flying.set(owner, this.#flying.get(owner)! - 1);
    }
  }

  #count(order: readonly Stream[], by: number): void {
    for (const stream of order) this.#left.set(keyOf(stream), this.#left.get(keyOf(stream))! + by);
  }
}

export const keyOf = ({ from, to }: Stream): string => `${from} ${to}`;
