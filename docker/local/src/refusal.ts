/** A reason not to go on that the person at the keyboard can act on: one sentence on what is wrong, one on what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(message: string, readonly remedy: string) {
    super(message);
  }
}
