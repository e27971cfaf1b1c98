import { randomUUID } from 'node:crypto';
import { sealContext, signContext, type ContextToSign } from '@delta/service/context';
import { noSession, offerSession, sessionSeconds, type ContextSession } from '@delta/service/contextSession';
import type { Signer } from '@delta/service/keys';
import type { SubgraphReply } from './subgraphRequest.js';

/** A session is renewed when half its life is over, and not used close to its end: the subgraph's clock counts. */
const [renewMs, longestMs] = [sessionSeconds * 500, (sessionSeconds - 20) * 1_000];

/** Wait after a refused session, so that replicas that share no key cost a request in many and not every second one its repetition. */
const afterRefusalMs = 2_000;
/** Wait after an offer that was not taken up. */
const afterSilenceMs = 10_000;

interface Held { readonly session: ContextSession; readonly since: number }

/**
 * Proves the gateway's requests to one subgraph: by a session where there is one, by its signature otherwise. One request at a
 * time offers a session, and the others do not wait for it.
 */
export class SubgraphContexts {
  #held: Held | undefined;
  #offering = false;
  #quietUntil = -Infinity;

  /** @param now milliseconds of a clock that is never set */
  constructor(private readonly signer: Signer, private readonly audience: string, private readonly now = (): number => performance.now()) {}

  /** Posts a request with its context, once more with a signed one if the subgraph refuses the session: then it did nothing. */
  async send(asked: Pick<ContextToSign, 'viewer' | 'requestId' | 'body'>, post: (context: string) => Promise<SubgraphReply>): Promise<SubgraphReply> {
    // Nonce and dates stay for the repetition. Whoever makes us repeat what was carried out is refused as for any other replay.
    const context: ContextToSign = { ...asked, audience: this.audience, nonce: randomUUID(), moment: new Date() };
    const held = this.#usable();
    if (held && !(this.now() - held.since > renewMs && this.#mayOffer())) {
      const reply = await post(sealContext(held.session, this.signer.name, context));
      if (reply.status !== 401 || reply.session !== noSession) return reply;
      if (this.#held === held) this.#held = undefined;
      this.#quietUntil = this.now() + afterRefusalMs;
    }
    return this.#mayOffer() ? this.#offer(context, post) : post(await signContext(this.signer, context));
  }

  #usable(): Held | undefined {
    return this.#held && this.now() - this.#held.since < longestMs ? this.#held : undefined;
  }

  #mayOffer(): boolean { return !this.#offering && this.now() >= this.#quietUntil; }

  async #offer(context: ContextToSign, post: (context: string) => Promise<SubgraphReply>): Promise<SubgraphReply> {
    this.#offering = true;
    try {
      const [since, offer] = [this.now(), offerSession(this.audience)];
      const reply = await post(await signContext(this.signer, { ...context, offer: offer.publicKey }));
      const session = reply.session === undefined ? undefined : offer.accept(reply.session);
      if (session) this.#held = { session, since };
      else this.#quietUntil = this.now() + afterSilenceMs;
      return reply;
    } finally {
      this.#offering = false;
    }
  }
}
