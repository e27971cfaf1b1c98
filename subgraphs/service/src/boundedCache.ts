/** Keeps at most `limit` entries and drops the one that was used longest ago. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, V>();

  constructor(readonly limit: number, private readonly onEvict?: (key: K, value: V) => void) {}

  get size(): number { return this.#entries.size; }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.limit) this.dropOldest();
  }

  delete(key: K): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.onEvict?.(key, value);
  }

  /** Drops the entry used longest ago. */
  dropOldest(): void {
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.delete(oldest.value);
  }

  clear(): void { this.#entries.clear(); }
}
