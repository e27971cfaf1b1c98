import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SuiteName } from './types.js';

/** How a province seals secrets, derives keys and chains its audit. Both suites hide, and notice every altered bit. */
export interface Suite {
  readonly name: SuiteName;
  readonly digest: 'sha256' | 'sm3';
  /** @param key 32 bytes; `belongsTo` is not stored, and opens nothing else */
  seal(key: Buffer, plain: Buffer, belongsTo: string): Buffer;
  /** Throws when key, bytes and owner do not fit together. */
  open(key: Buffer, sealed: Buffer, belongsTo: string): Buffer;
}

/** nonce (12) | ciphertext | tag (16). */
const aes: Suite = {
  name: 'aes',
  digest: 'sha256',
  seal(key, plain, belongsTo) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(belongsTo));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, sealed, belongsTo) {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(belongsTo)).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  },
};

/** OpenSSL 3.0, which Node 20 carries, has no authenticated mode of SM4: counter mode under a MAC of its own takes its place. */
function sm4Keys(key: Buffer): { cipherKey: Buffer; macKey: Buffer } {
  const both = Buffer.from(hkdfSync('sm3', key, '', 'delta:sm4-ctr+hmac-sm3', 48));
  return { cipherKey: both.subarray(0, 16), macKey: both.subarray(16) };
}

/** The length of the owner's name comes first, so that no other split of name and bytes has the same MAC. */
function sm3Tag(macKey: Buffer, belongsTo: string, covered: Buffer): Buffer {
  const owner = Buffer.from(belongsTo);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(owner.length);
  return createHmac('sm3', macKey).update(length).update(owner).update(covered).digest();
}

/** counter block (16) | ciphertext | tag (32): encrypted first, then authenticated; opened in the other order. */
const sm: Suite = {
  name: 'sm',
  digest: 'sm3',
  seal(key, plain, belongsTo) {
    const { cipherKey, macKey } = sm4Keys(key);
    const counter = randomBytes(16);
    const cipher = createCipheriv('sm4-ctr', cipherKey, counter);
    const covered = Buffer.concat([counter, cipher.update(plain), cipher.final()]);
    return Buffer.concat([covered, sm3Tag(macKey, belongsTo, covered)]);
  },
  open(key, sealed, belongsTo) {
    if (sealed.length < 48) throw new Error('too short to be sealed');
    const { cipherKey, macKey } = sm4Keys(key);
    const covered = sealed.subarray(0, -32);
    if (!timingSafeEqual(sm3Tag(macKey, belongsTo, covered), sealed.subarray(-32))) throw new Error('not sealed by this key for this owner');
    const decipher = createDecipheriv('sm4-ctr', cipherKey, covered.subarray(0, 16));
    return Buffer.concat([decipher.update(covered.subarray(16)), decipher.final()]);
  },
};

export const suites: Readonly<Record<SuiteName, Suite>> = { aes, sm };
