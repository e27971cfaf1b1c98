import { readFile } from 'node:fs/promises';
import { kidOf, type Peer, type TrustKey } from '@delta/pass';
import { provinceBySlug } from '@delta/schema/provinces';
import { parseObject } from '@delta/service/jwt';
import type { JWK } from '@delta/service/keys';
import type { KeyFiles } from './home.js';
import { owners } from './settings.js';

const day = 86_400;
/** COSE's number of EdDSA: carried by the trust list for the exchange, and judged by no pass. */
const edDsa = -8;

/** What the trust list calls an owner: a province by its code, the zone by its name. */
export const ownerName = (name: string): string => provinceBySlug(name)?.code ?? name;

/** The keys with which owners sign what they exchange, as the services' own trust file lists them. */
export async function exchangeKeys(files: KeyFiles, now: number): Promise<readonly TrustKey[]> {
  const { keys } = JSON.parse(await readFile(files.trust, 'utf8')) as { keys: Record<string, readonly JWK[]> };
  return owners.flatMap((name) => (keys[name] ?? []).map((jwk): TrustKey => {
    const publicKey = new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'));
    return {
      kid: kidOf(publicKey), issuer: ownerName(name), use: 'exchange', algorithm: edDsa, publicKey,
      // They are replaced by their own command, at any time; as long as they are used, each list says so anew.
      from: now - day, until: now + 366 * day,
    };
  }));
}

/** Where owners answer, as the zone signed it. */
export async function exchangePeers(files: KeyFiles): Promise<readonly Peer[]> {
  const claims = parseObject(Buffer.from((await readFile(files.peers, 'utf8')).split('.')[1] ?? '', 'base64url').toString());
  return ((claims?.['peers'] ?? []) as readonly { readonly name: string; readonly url: string }[]).map(({ name, url }) => ({ owner: ownerName(name), address: url }));
}
