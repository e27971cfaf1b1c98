import type { Trust } from '@delta/service/keys';
import type { EventType } from './eventType.js';
import { witness, type Fork } from './witness/index.js';

/** The head of an owner's audit chain, as it signed it. */
export interface CheckpointTold { readonly token: string }

/** Two heads that an owner signed and that cannot both be true, as one who keeps them tells it. */
export interface ForkTold { readonly seq: string; readonly token: string; readonly contradicts: string }

export const checkpointEvent = 'audit.checkpoint';
const forkEvent = 'audit.forked';

const longestToken = 4_096;
const isToken = (value: unknown): value is string => typeof value === 'string' && value.length <= longestToken;

/**
 * Heads of audit chains, told by each owner to all others, who keep them: so that none can take back what it recorded without
 * contradicting itself at every one of them. What it did not sign is not kept. Who contradicts itself is told, with both heads.
 *
 * @param onFork told once of each contradiction that is found here
 * @param onTold told when another found one of ours
 */
export const checkpointEvents = (trust: Trust, onFork: (fork: Fork) => void, onTold: (by: string, fork: ForkTold) => void): readonly EventType[] => [{
  type: checkpointEvent, version: 1, personal: false,
  parse(data): CheckpointTold {
    const { token } = (data ?? {}) as Record<string, unknown>;
    if (!isToken(token)) throw new Error('no checkpoint');
    return { token };
  },
  async apply(within, events, tell) {
    const heads = events.map(({ from, data }) => ({ owner: from, token: (data as CheckpointTold).token }));
    for (const fork of await witness(within, trust, heads)) {
      if (!fork.isNew) continue;
      onFork(fork);
      const { owner, seq, token, contradicts } = fork;
      await tell({ to: owner, type: forkEvent, version: 1, subject: owner, data: { seq, token, contradicts } satisfies ForkTold });
    }
  },
}, {
  type: forkEvent, version: 1, personal: false,
  parse(data): ForkTold {
    const { seq, token, contradicts } = (data ?? {}) as Record<string, unknown>;
    if (typeof seq !== 'string' || !isToken(token) || !isToken(contradicts)) throw new Error('no fork');
    return { seq, token, contradicts };
  },
  apply: async (_within, events) => { for (const { from, data } of events) onTold(from, data as ForkTold); },
}];
