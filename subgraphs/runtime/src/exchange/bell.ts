/** Something to wait by: whoever waits goes on when it rings, or rang since the last wait began, or when the time is over. */
export class Bell {
  #rang = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rang = true;
    this.#wake?.();
  }

  /** One waits at a time. @param ms longest wait in milliseconds */
  async wait(ms: number): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => { clearTimeout(timer); resolve(); };
      });
    }
    this.#rang = false;
    this.#wake = undefined;
  }
}
