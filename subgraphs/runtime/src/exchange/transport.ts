/**
 * How messages travel. A transport carries bytes and promises nothing but to say when it could not: messages are signed and may
 * be lost, doubled or late.
 */
export interface Transport {
  /** A peer's answer to one message. @throws PlatformError PEER_UNAVAILABLE, or the code by which it refused the whole message */
  ask(peer: string, message: Buffer): Promise<Buffer>;
  /** The most bytes of one message that it carries at this moment; any number where it does not say. */
  readonly maxBytes?: number;
  /** Ends what is asked and not answered yet by PEER_UNAVAILABLE, and all that is asked later. */
  close?(): Promise<void>;
}

/** What a message is answered by, wherever it came from. @param maxBytes the most bytes that its transport carries back */
export type Answer = (message: Buffer, maxBytes?: number) => Promise<Buffer>;
