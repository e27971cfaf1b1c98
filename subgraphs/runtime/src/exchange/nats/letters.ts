import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Signer, Trust } from '@delta/service/keys';

/**
 * Messages that only their receiver reads, since who runs a broker is no party to what owners tell each other, and a broker keeps
 * on its disk what it carries. Secrecy alone: who wrote a message, and whether it was changed, its own signature says (message.ts).
 *  1. The content lies under a fresh key by AES-256-GCM.
 *  2. That key lies under the key that sender and receiver have in common (pairKey.ts), once for each of the receiver's keys on
 *     the trust list: while one is being replaced, nobody else knows which the receiver holds.
 *  3. A line of JSON before it names the keys.
 */
export interface Letters {
  /** @throws Error when the trust list holds no key of theirs */
  close(to: string, content: Buffer): Promise<Buffer>;
  /** What is in a letter, and whose it claims to be; undefined for one that cannot be opened with the own key. */
  open(letter: Buffer): Promise<{ readonly from: string; readonly content: Buffer } | undefined>;
}

/** The most that a letter is longer than its content. */
export const letterBytes = 2_048;

const algorithm = 'aes-256-gcm';
const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16];

interface Head { readonly from: string; readonly kid: string; readonly keys: Readonly<Record<string, string>> }

export function createLetters(signer: Signer, trust: Trust): Letters {
  // Each pair is computed once: there are as many as there are keys on the trust list.
  const known = new Map<string, KeyObject>();
  const pairKey = async (direction: string, theirs: { readonly kid: string; readonly key: KeyObject }): Promise<{ readonly own: string; readonly key: KeyObject }> => {
    const own = await signer.pair?.();
    if (!own) throw new Error('this signer shares no secret with anybody');
    const name = `${direction} ${own.kid} ${theirs.kid}`;
    let key = known.get(name);
    if (!key) {
      const agreed = own.with(theirs.key, `delta-exchange-letter ${direction}`);
      if (!agreed) throw new Error('a key on the trust list shares no secret');
      known.set(name, key = createSecretKey(agreed));
    }
    return { own: own.kid, key };
  };

  return {
    async close(to, content) {
      const fresh = randomBytes(keyBytes);
      const pairs = await Promise.all((await trust.keysOf?.(to) ?? []).map(async (theirs) => ({ kid: theirs.kid, ...await pairKey(`${signer.name} ${to}`, theirs) })));
      const [first] = pairs;
      if (!first) throw new Error(`the trust list holds no key of ${to}`);
      const head: Head = { from: signer.name, kid: first.own, keys: Object.fromEntries(pairs.map(({ kid, key }) => [kid, seal(key, fresh).toString('base64url')])) };
      return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), seal(createSecretKey(fresh), content)]);
    },
    async open(letter) {
      try {
        const end = letter.indexOf(10);
        const { from, kid, keys } = JSON.parse(letter.subarray(0, Math.max(end, 0)).toString()) as Head;
        const theirs = (await trust.keysOf?.(from))?.find((each) => each.kid === kid);
        if (!theirs) return undefined;
        const { own, key } = await pairKey(`${from} ${signer.name}`, theirs);
        const fresh = unseal(key, Buffer.from(Object.hasOwn(keys, own) ? keys[own]! : '', 'base64url'));
        return { from, content: unseal(createSecretKey(fresh), letter.subarray(end + 1)) };
      } catch {
        return undefined;
      }
    },
  };
}

function seal(key: KeyObject, bytes: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error for what this key did not seal */
function unseal(key: KeyObject, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
