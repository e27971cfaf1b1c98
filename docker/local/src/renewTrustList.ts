import { provinces } from '@delta/schema/provinces';
import { loadSigner } from '@delta/service/keys';
import type { TrustKey, TrustList, TrustListContent } from '@delta/pass';
import { exchangeKeys, exchangePeers } from './exchangeTrust.js';
import { keyFiles, type KeyFiles } from './home.js';
import { addNextPassKeys, publicPassKeys } from './passKeyFile.js';
import { loadPassRoot, loadRoots } from './passRoot.js';
import { combineProposal, proposeTrustList, signProposal } from './trustProposal.js';
import { listInForce, publishTrustList, type ZonePlace } from './zoneTrustList.js';

const renewBefore = 4 * 86_400;

/** All keys that the owners of one home want on the list. */
export const keysOfHome = async (files: KeyFiles, now: number): Promise<readonly TrustKey[]> =>
  [...(await Promise.all(provinces.map(({ slug, code }) => publicPassKeys(files.passKeys(slug), code)))).flat(), ...await exchangeKeys(files, now)];

const said = ({ keys, peers }: Pick<TrustListContent, 'keys' | 'peers'>): string =>
  JSON.stringify([keys.map(({ kid, until, use }) => (use === 'exchange' ? kid : `${kid} ${until}`)).sort(), peers.map(({ owner, address }) => `${owner} ${address}`).sort()]);

const isDue = (last: TrustList | undefined, wanted: Pick<TrustListContent, 'keys' | 'peers'>, now: number): boolean =>
  !last || last.expires < now + renewBefore || said(last) !== said(wanted);

/**
 * Where one home has the roots of all provinces, which is so in a demonstration alone: the whole ceremony in one step, by the same
 * parts. Adds the next keys that are due; holds it when nothing is in force, four days before the list ends, and when keys or addresses are others.
 * @returns the number of the list that was published, undefined when nothing was due
 * @throws Refusal
 */
export async function renewTrustList(home: string, zone: ZonePlace, now: number): Promise<number | undefined> {
  const files = keyFiles(home);
  for (const { slug } of provinces) await addNextPassKeys(files.passKeys(slug), now);
  const roots = await loadRoots(files.passRoots);
  const [last, keys, peers] = [await listInForce(zone, roots), await keysOfHome(files, now), await exchangePeers(files)];
  if (!isDue(last, { keys, peers }, now)) return undefined;
  const proposal = proposeTrustList({ last, keys, peers, compromised: [], now });
  const partials = await Promise.all(provinces.slice(0, 2).map(async ({ slug }) => signProposal(proposal, await loadPassRoot(files.passRoot(slug)))));
  await publishTrustList(zone, await loadSigner(files.signing('zone')), await combineProposal(proposal, partials, roots));
  return proposal.content.sequence;
}
