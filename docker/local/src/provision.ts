import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { writeRoots } from '@delta/pass';
import { provinces } from '@delta/schema/provinces';
import { signPeers, type Peer } from '@delta/runtime/exchange/peers';
import { kidOf, parseObject } from '@delta/service/jwt';
import { generateKeyPair, loadSigner } from '@delta/service/keys';
import { calculateJwkThumbprint, exportJWK, generateKeyPair as generateJoseKeyPair, type JWK } from 'jose';
import { keyFiles, type KeyFiles } from './home.js';
import { defaultIssuerPort, developmentIssuers, issuerBaseUrl, issuerIdentifier } from './issuerRegistry.js';
import { makeHome } from './makeHome.js';
import { makePassKeys } from './passKeyFile.js';
import { loadPassRoot, makePassRoot, rootOf } from './passRoot.js';
import { replaceFile, writeFileOnce } from './writeFileOnce.js';

/** The services that sign with an Ed25519 key of their own. */
export const signers: readonly string[] = ['gateway', 'zone', ...provinces.map(({ slug }) => slug)];

export interface ProvisionOptions {
  /** Where the development issuers answer, without a slash at the end. Default `http://127.0.0.1:4020`. */
  readonly issuerBase?: string;
  /** Write the issuers' public keys into the list itself, for services that cannot reach the issuer (containers). */
  readonly inlineKeys?: boolean;
  /** Where each owner answers the others. Left out: the list stays as it is, and names nobody when it is new. */
  readonly peers?: readonly Peer[];
}

/**
 * Creates what the services need to trust one another on one machine, in `<home>/keys`: signing keys, the trust file, the
 * issuers, the blind-index keys, the provinces' master keys, and for passes their roots and signing keys. Secrets are made once and never replaced: a lost master key
 * loses every number under it. The lists of public keys and issuers are derived, and follow; the roots of passes are pinned once.
 */
export async function provision(home: string, options: ProvisionOptions = {}): Promise<KeyFiles> {
  const files = keyFiles(home);
  await makeHome(home);
  await mkdir(files.directory, { recursive: true, mode: 0o700 });

  await Promise.all([
    ...signers.map(async (name) => writeFileOnce(files.signing(name), json((await generateKeyPair(name)).privateKey))),
    ...developmentIssuers.map(async ({ slug }) => writeFileOnce(files.issuer(slug), json(await issuerKey(slug)))),
    ...provinces.map(({ slug }) => writeFileOnce(files.master(slug), `${random32()}\n`)),
    ...provinces.map(({ slug }) => makePassKeys(files.passKeys(slug), Math.floor(Date.now() / 1000))),
    writePassRoots(files),
    writeFileOnce(files.blindIndex, json({ current: 'v1', keys: { v1: random32() } })),
    writeFileOnce(files.tokenClient, json({ clientId: 'token-command', clientSecret: randomBytes(32).toString('base64url') })),
  ]);
  await Promise.all([writeTrust(files), writeIssuers(files, options), writePeers(files, options.peers)]);
  return files;
}

/** Keeps keys that were added (a rotation in progress) or retired, and adds each signer's own where it is missing. */
async function writeTrust(files: KeyFiles): Promise<void> {
  const { keys: known, ...rest } = (await exists(files.trust)) ? (await readJson(files.trust)) as { keys: Record<string, JWK[]> } : { keys: {} };
  const keys: Record<string, JWK[]> = { ...known };
  for (const name of signers) {
    const key = publicPart((await readJson(files.signing(name))) as JWK);
    const others = (known[name] ?? []).filter(({ kid }) => kid !== key.kid);
    keys[name] = [key, ...others];
  }
  await writeDerived(files.trust, json({ keys, ...rest }));
}

async function writeIssuers(files: KeyFiles, { issuerBase = issuerBaseUrl(defaultIssuerPort), inlineKeys = false }: ProvisionOptions): Promise<void> {
  const issuers = await Promise.all(developmentIssuers.map(async ({ slug, kind, province, roles }) => {
    const issuer = issuerIdentifier(issuerBase, slug);
    const keys = inlineKeys
      ? { jwks: { keys: [publicPart((await readJson(files.issuer(slug))) as JWK)] } }
      : { jwksUri: `${issuer}/jwks` };
    return { issuer, ...keys, kind, province, roles, organizationPrefix: province === null ? null : `${province}-` };
  }));
  await writeDerived(files.issuers, json(issuers));
}

/** Roots of this home alone, where none are pinned yet. A file that is here stays as it was brought: what it pins is not for this machine to say. */
async function writePassRoots(files: KeyFiles): Promise<void> {
  if (await exists(files.passRoots)) return;
  const roots = await Promise.all(provinces.map(async ({ slug, code }) => {
    await makePassRoot(files.passRoot(slug));
    return rootOf(await loadPassRoot(files.passRoot(slug)), code);
  }));
  await writeDerived(files.passRoots, writeRoots(roots));
}

/** Signed by the zone's key; written anew only when it says something else, or was signed by a key that was replaced. */
export async function writePeers(files: KeyFiles, peers: readonly Peer[] | undefined): Promise<void> {
  const zone = await loadSigner(files.signing('zone'));
  const known = (await exists(files.peers)) ? await readFile(files.peers, 'utf8') : null;
  const claims = parseObject(Buffer.from(known?.split('.')[1] ?? '', 'base64url').toString());
  const wanted = peers ?? claims?.['peers'] ?? [];
  if (known !== null && kidOf(known) === zone.kid && JSON.stringify(claims?.['peers']) === JSON.stringify(wanted)) return;
  // Where containers mount it, others than its owner read it.
  const mode = known === null ? 0o600 : (await stat(files.peers)).mode & 0o777;
  await replaceFile(files.peers, `${await signPeers(zone, wanted as readonly Peer[])}\n`, mode);
}

/** ES256, as most identity providers sign; the services among themselves use Ed25519. */
async function issuerKey(slug: string): Promise<JWK> {
  const { privateKey } = await generateJoseKeyPair('ES256', { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, kid: `${slug}-${(await calculateJwkThumbprint(key)).slice(0, 12)}`, alg: 'ES256', use: 'sig' };
}

function publicPart(key: JWK): JWK {
  const { d: _private, ...open } = key;
  return open;
}

async function writeDerived(file: string, text: string): Promise<void> {
  if ((await exists(file)) && (await readFile(file, 'utf8')) === text) return;
  await replaceFile(file, text);
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);
const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
const random32 = (): string => randomBytes(32).toString('base64');
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
