import { createHash } from 'node:crypto';
import type { Peer, PassSigner, Root, TrustKey, TrustListContent } from '@delta/pass';
import { openTrustList, PassRefusal, signTrustList } from '@delta/pass';
import { maxTrustLife } from '@delta/pass/limits';
import { encodeTrustList } from '@delta/pass/trust/trustPayload';
import { keysFromText, keysToText, type KeyInText } from './keysInText.js';
import { Refusal } from './refusal.js';

/** What the roots are asked to sign. Carried as a file, so it is read as anybody's. */
export interface Proposal { readonly content: TrustListContent; readonly digest: string }

/** One root's signature over a proposal, carried back. */
export interface PartialSignature { readonly digest: string; readonly kid: string; readonly signature: string }

export interface ProposeOptions {
  readonly last: Pick<TrustListContent, 'sequence' | 'compromised'> | undefined;
  readonly keys: readonly TrustKey[];
  readonly peers: readonly Peer[];
  /** Kids that are stolen, beside those of the last list: a key that was once on the emergency list stays there. */
  readonly compromised: readonly string[];
  /** Number of a list that was in force, at least: where the zone has lost it. */
  readonly after?: number;
  /** Seconds. */
  readonly now: number;
}

const digestOf = (content: TrustListContent): string => createHash('sha256').update(encodeTrustList(content)).digest('hex');

/** Who compares what a root signs compares kids: one that is not its key's digest says nothing of the key. */
function checkKids(keys: readonly TrustKey[]): void {
  for (const { kid, publicKey } of keys) if (createHash('sha256').update(publicKey).digest('hex').slice(0, 16) !== kid) throw new Refusal(`${kid} is announced with another's public key.`, 'Get the file from the province again, by another way, and find out who changed it.');
}

/** The next list: a week long, numbered after the last. @throws Refusal for a kid that is not its key's */
export function proposeTrustList({ last, keys, peers, compromised, after = 0, now }: ProposeOptions): Proposal {
  checkKids(keys);
  const content = { sequence: Math.max(last?.sequence ?? 0, after) + 1, issuedAt: now, expires: now + maxTrustLife, keys, compromised: [...new Set([...last?.compromised ?? [], ...compromised])].sort(), peers };
  return { content, digest: digestOf(content) };
}

export const proposalText = ({ content, digest }: Proposal): string => `${JSON.stringify({ digest, list: { ...content, keys: keysToText(content.keys) } }, null, 2)}\n`;

/** The digest is computed anew: whoever carried the file may have changed what it lists. @throws Refusal */
export function readProposal(text: string): Proposal {
  try {
    const { digest, list } = JSON.parse(text) as { digest: string; list: Omit<TrustListContent, 'keys'> & { readonly keys: readonly KeyInText[] } };
    const content = { ...list, keys: keysFromText(list.keys) };
    if (digestOf(content) !== digest) throw new Error('another content');
    return { content, digest };
  } catch {
    throw new Refusal('This is no proposal, or not as it was written.', 'Get the file from whoever proposed the list, and compare the digest by telephone.');
  }
}

/** What one root signs, apart from the others. @throws Refusal when the list is not what a root signs */
export async function signProposal({ content, digest }: Proposal, root: PassSigner): Promise<PartialSignature> {
  let signature = new Uint8Array();
  const recording: PassSigner = { kid: root.kid, sign: async (bytes) => (signature = new Uint8Array(await root.sign(bytes))) };
  await signTrustList(content, [recording]).catch((error: unknown) => { throw asRefusal(error); });
  return { digest, kid: Buffer.from(root.kid).toString('hex'), signature: Buffer.from(signature).toString('hex') };
}

/** The list with the signatures that came back, verified as everybody will. @throws Refusal, by the code of the pass's catalogue */
export async function combineProposal({ content, digest }: Proposal, partials: readonly PartialSignature[], roots: readonly Root[]): Promise<Uint8Array> {
  if (partials.some((partial) => partial.digest !== digest)) throw new Refusal('A signature is over another proposal.', 'Every root signs the same proposal file.');
  try {
    const list = await signTrustList(content, partials.map(({ kid, signature }) => ({ kid: Buffer.from(kid, 'hex'), sign: () => Promise.resolve(new Uint8Array(Buffer.from(signature, 'hex'))) })));
    await openTrustList(list, { roots });
    return list;
  } catch (error) {
    throw asRefusal(error);
  }
}

/** @throws Refusal */
export function readPartial(text: string): PartialSignature {
  try {
    const { digest, kid, signature } = JSON.parse(text) as PartialSignature;
    if (![digest, kid, signature].every((value) => typeof value === 'string' && /^[0-9a-f]+$/.test(value))) throw new Error('another form');
    return { digest, kid, signature };
  } catch {
    throw new Refusal('This is no signature of a root.', 'Name the files that `npm run ceremony -- sign` wrote.');
  }
}

export const asRefusal = (error: unknown): unknown =>
  (error instanceof PassRefusal ? new Refusal(`${error.message} (${error.code})`, 'docker/CEREMONY.md says how a list is made.') : error);
