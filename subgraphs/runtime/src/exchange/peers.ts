import { PlatformError } from '@delta/schema/errors';
import { KeyError, type Signer, type Trust } from '@delta/service/keys';
import { followFile } from '@delta/service/followFile';
import type { Logger } from '@delta/service/log';

/** Whom events are exchanged with, and where they answer. */
export interface Peer {
  /** A province's slug, or `zone`. */
  readonly name: string;
  /** Where its service answers. */
  readonly url: string;
}

export interface Peers {
  /** All but oneself. */
  list(): Promise<readonly Peer[]>;
  find(name: string): Promise<Peer | undefined>;
}

const type = 'delta-peers+jwt';
const lifeSeconds = 366 * 24 * 60 * 60;

/** The list of peers as the zone signs it: one token, in a file that may be replaced. */
export const signPeers = (zone: Signer, peers: readonly Peer[]): Promise<string> => zone.sign({ peers }, { type, audience: 'exchange', expiresInSeconds: lifeSeconds });

/**
 * The signed list in a file. A list that comes later is in use within a second; one that the zone did not sign, or whose time is
 * over, changes nothing but the log.
 * @throws PlatformError CONFIGURATION_INVALID when the first one cannot be used
 */
export async function loadPeers(path: string, { own, trust, log }: { readonly own: string; readonly trust: Trust; readonly log?: Logger }): Promise<Peers> {
  const current = await followFile<readonly Peer[]>(path, { log, read: async (text) => {
    const claims = await trust.verify(text.trim(), { type, issuer: 'zone', audience: 'exchange', record: true }).catch((error: unknown) => {
      throw error instanceof KeyError ? new PlatformError('CONFIGURATION_INVALID', { message: `${path} is no list of peers that the zone signed (${error.reason}).` }) : error;
    });
    const { peers } = claims as { peers?: unknown };
    if (!Array.isArray(peers) || !peers.every(isPeer)) throw new PlatformError('CONFIGURATION_INVALID', { message: `${path} names no peers.` });
    return peers.map(({ name, url }) => ({ name, url }));
  } });
  return peersOf(own, current);
}

export function peersOf(own: string, current: () => readonly Peer[] | Promise<readonly Peer[]>): Peers {
  const list = async (): Promise<readonly Peer[]> => (await current()).filter(({ name }) => name !== own);
  return { list, find: async (name) => (await list()).find((peer) => peer.name === name) };
}

/** A name and an address by HTTP. */
export const isPeer = (value: unknown): value is Peer => {
  const { name, url } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && /^[a-z]{1,40}$/.test(name) && typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
};
