import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createNodeSigner, readRoots, type PassSigner, type Root } from '@delta/pass';
import { newPassKey } from './newPassKey.js';
import { Refusal } from './refusal.js';
import { writeFileOnce } from './writeFileOnce.js';

/** A root's key that signs, where its file is. */
export type RootSigner = PassSigner & { readonly publicKey: Uint8Array };

/** A province's root, once, readable by its owner alone. */
export const makePassRoot = (file: string): Promise<void> =>
  writeFileOnce(file, newPassKey());

/** @throws Refusal */
export async function loadPassRoot(file: string): Promise<RootSigner> {
  try {
    const key = createPrivateKey(await readFile(file, 'utf8'));
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('another kind of key');
    return createNodeSigner(key);
  } catch {
    throw new Refusal(`${file} holds no root's key.`, 'Sign where the province\'s root is kept, and name its file by --root.');
  }
}

export const rootOf = (signer: RootSigner, issuer: string): Root => ({ issuer, kid: Buffer.from(signer.kid).toString('hex'), publicKey: signer.publicKey });

/** @throws Refusal */
export async function loadRoots(file: string): Promise<readonly Root[]> {
  const text = await readFile(file, 'utf8').catch(() => { throw new Refusal(`${file} cannot be read.`, 'It lists the provinces\' roots (docker/CEREMONY.md).'); });
  try {
    return readRoots(text);
  } catch {
    throw new Refusal(`${file} is no list of roots.`, 'It lists the provinces\' roots (docker/CEREMONY.md).');
  }
}
