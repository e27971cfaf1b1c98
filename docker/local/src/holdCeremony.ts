import { readFile } from 'node:fs/promises';
import { fingerprintOfRoots, readRoots, writeRoots, type Root, type TrustKey } from '@delta/pass';
import { loadSigner } from '@delta/service/keys';
import { fetchOver, loadMutualTls, tlsVariables } from '@delta/service/tls';
import { readConfig } from '@delta/service/config';
import type { CeremonyOptions, CeremonyStep } from './ceremonyOptions.js';
import { requireOption } from './ceremonyOptions.js';
import { describeTrustList } from './describeTrustList.js';
import { exchangeKeys, exchangePeers } from './exchangeTrust.js';
import { keyFiles } from './home.js';
import { keysFromText, keysToText, type KeyInText } from './keysInText.js';
import type { CommandPlace } from './keysOfService.js';
import { addNextPassKeys, publicPassKeys, replacePassKey } from './passKeyFile.js';
import { loadPassRoot, loadRoots, makePassRoot, rootOf } from './passRoot.js';
import { Refusal } from './refusal.js';
import { keysOfHome } from './renewTrustList.js';
import { readSettings } from './settings.js';
import { combineProposal, proposalText, proposeTrustList, readPartial, readProposal, signProposal } from './trustProposal.js';
import { replaceFile } from './writeFileOnce.js';
import { listInForce, publishTrustList, type ZonePlace } from './zoneTrustList.js';

type Step = (options: CeremonyOptions, place: CommandPlace & { readonly now: number }) => Promise<void>;

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => { throw new Refusal(`${file} cannot be read.`, 'Check its name.'); });
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const rootsOf = ({ roots }: CeremonyOptions, home: string): Promise<readonly Root[]> => loadRoots(roots ?? keyFiles(home).passRoots);
const zoneOf = async ({ zone }: CeremonyOptions, env: NodeJS.ProcessEnv): Promise<ZonePlace> =>
  ({ url: zone ?? `http://127.0.0.1:${readSettings(env).ports['zone']}`, send: fetchOver(await loadMutualTls(readConfig(tlsVariables, env))) });

/** A province's public keys as `keys` wrote them. */
async function announcedKeys(file: string): Promise<readonly TrustKey[]> {
  try {
    const { keys } = JSON.parse(await read(file)) as { keys: readonly KeyInText[] };
    return keysFromText(keys);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${file} announces no keys.`, 'Name the files that `npm run ceremony -- keys` wrote.');
  }
}

const root: Step = async ({ province, root: file, out }, { home, say }) => {
  const { slug, code } = requireOption(province, 'province');
  const secret = file ?? keyFiles(home).passRoot(slug);
  await makePassRoot(secret);
  const { issuer, kid, publicKey } = rootOf(await loadPassRoot(secret), code);
  if (out !== undefined) await replaceFile(out, json({ issuer, kid, publicKey: Buffer.from(publicKey).toString('hex') }), 0o644);
  say(`${code}'s root is ${kid}; its key is in ${secret} and leaves that place never.`);
};

const roots: Step = async ({ files, out }, { home, say }) => {
  const joined = readRoots(json({ roots: await Promise.all(files.map(async (file) => JSON.parse(await read(file)) as unknown)) }));
  await replaceFile(out ?? keyFiles(home).passRoots, writeRoots(joined), 0o644);
  say(`Roots of ${joined.map(({ issuer }) => issuer).join(', ')}; fingerprint ${await fingerprintOfRoots(joined)}`);
};

const keys: Step = async ({ province, keys: [file], compromise, out }, { home, say, now }) => {
  const { slug, code } = requireOption(province, 'province');
  const secret = file ?? keyFiles(home).passKeys(slug);
  for (const kid of compromise) if (!(await replacePassKey(secret, code, kid, now))) throw new Refusal(`${kid} is no key of ${slug}.`, '`npm run ceremony -- show` lists them.');
  const added = await addNextPassKeys(secret, now);
  const open = await publicPassKeys(secret, code);
  if (out !== undefined) await replaceFile(out, json({ keys: keysToText(open) }), 0o644);
  say(`${slug} has ${open.length} keys, ${added} of them new; ${compromise.length} stolen ones have a successor in use. They count when the next trust list names them.`);
};

const propose: Step = async (options, { home, env, say, now }) => {
  const out = requireOption(options.out, 'out');
  const files = keyFiles(home);
  const last = await listInForce(await zoneOf(options, env), await rootsOf(options, home));
  const wanted = options.keys.length === 0 ? await keysOfHome(files, now) : [...(await Promise.all(options.keys.map(announcedKeys))).flat(), ...await exchangeKeys(files, now)];
  const proposal = proposeTrustList({ last, keys: wanted, peers: await exchangePeers(files), compromised: options.compromise, after: options.after, now });
  await replaceFile(out, proposalText(proposal), 0o644);
  for (const line of describeTrustList(proposal.content, proposal.digest, now)) say(line);
  say(`Proposed in ${out}: carry it to two of the roots.`);
};

const sign: Step = async ({ proposal: file, province, root: key, out: target }, { home, say, now }) => {
  const [{ slug }, out] = [requireOption(province, 'province'), requireOption(target, 'out')];
  const proposal = readProposal(await read(requireOption(file, 'proposal')));
  const partial = await signProposal(proposal, await loadPassRoot(key ?? keyFiles(home).passRoot(slug)));
  for (const line of describeTrustList(proposal.content, proposal.digest, now)) say(line);
  await replaceFile(out, json(partial), 0o644);
  say(`${slug}'s root has signed this digest: carry ${out} back.`);
};

const publish: Step = async (options, { home, env, say }) => {
  const proposal = readProposal(await read(requireOption(options.proposal, 'proposal')));
  const partials = await Promise.all(options.signatures.map(async (file) => readPartial(await read(file))));
  const list = await combineProposal(proposal, partials, await rootsOf(options, home));
  const operator = await loadSigner(keyFiles(home).signing('zone')).catch(() => { throw new Refusal('The zone\'s signing key is not here.', 'Publish where the zone\'s keys are, or set DELTA_HOME.'); });
  await publishTrustList(await zoneOf(options, env), operator, list);
  say(`Trust list ${proposal.content.sequence} is in force.`);
};

const show: Step = async (options, { home, env, say, now }) => {
  const list = await listInForce(await zoneOf(options, env), await rootsOf(options, home));
  if (!list) throw new Refusal('No trust list was published yet.', 'Propose one: npm run ceremony -- propose --out proposal.json');
  for (const line of describeTrustList(list, list.digest, now)) say(line);
};

const verbs: Readonly<Record<CeremonyStep, Step>> = { root, roots, keys, propose, sign, publish, show };

/** One step of the ceremony. @throws Refusal */
export const holdCeremony = (options: CeremonyOptions, place: CommandPlace, now = Math.floor(Date.now() / 1000)): Promise<void> => verbs[options.step](options, { ...place, now });
