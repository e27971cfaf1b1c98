/** Lets pieces of work for one name be prepared side by side, and carried out one after another in the order in which they came. */
export class InOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<P, T>(name: string, prepare: () => Promise<P>, carryOut: (prepared: P) => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const own = (async () => {
      const [prepared] = await Promise.allSettled([prepare(), before]);
      if (prepared.status === 'rejected') throw prepared.reason;
      return carryOut(prepared.value);
    })();
    this.#last.set(name, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(name) === own) this.#last.delete(name);
    }
  }
}
