/**
 * How messages travel. A transport carries bytes and promises nothing but to say when it could not: messages are signed and may
 * be lost, doubled or late.
 */
export interface Transport {
  /** A peer's answer to one message. @throws PlatformError PEER_UNAVAILABLE, or the code by which it refused the whole message */
  ask(peer: string, message: Buffer): Promise<Buffer>;
}

/** What a message is answered by, wherever it came from. */
export type Answer = (message: Buffer) => Promise<Buffer>;
