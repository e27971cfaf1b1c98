import { createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto';
import { rawPrivateKey, rawPublicKey } from './rawKey.js';

/**
 * A key that two services have in common without having exchanged anything: X25519 between their Ed25519 keys. The two curves
 * are one in two forms (RFC 7748 §4.1), so an Ed25519 key is an X25519 key as well, as in libsodium's
 * crypto_sign_ed25519_pk_to_curve25519; that one key may serve both was proven (Thormarker, On using the same key pair for
 * Ed25519 and an X25519 based KEM, 2021). Who holds either private key can compute it.
 */
const prime = 2n ** 255n - 19n;

/** u = (1 + y) / (1 − y); the sign of x, the highest bit, plays no part. */
export function montgomeryPublic(ed25519: Buffer): Buffer {
  const y = numberOf(ed25519) & ((1n << 255n) - 1n);
  return bytesOf(modulo((1n + y) * inverse(modulo(1n - y))));
}

/** The scalar that Ed25519 derives from its seed (RFC 8032 §5.1.5), before the clamping that X25519 does itself. */
export const montgomeryPrivate = (seed: Buffer): Buffer => createHash('sha512').update(seed).digest().subarray(0, 32);

/**
 * 32 bytes for one purpose.
 * @param own private Ed25519 key @param theirs public Ed25519 key
 * @returns undefined for a point of small order, which shares no secret
 */
export function pairKey(own: KeyObject, theirs: KeyObject, purpose: string): Buffer | undefined {
  const seed = rawPrivateKey(own);
  const scalar = createPrivateKey({ key: Buffer.concat([pkcs8Of25519, montgomeryPrivate(seed)]), format: 'der', type: 'pkcs8' });
  const point = montgomeryPublic(rawPublicKey(theirs));
  try {
    const shared = diffieHellman({ privateKey: scalar, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: point.toString('base64url') }, format: 'jwk' }) });
    return Buffer.from(hkdfSync('sha256', shared, '', purpose, 32));
  } catch {
    return undefined;
  }
}

/** What stands before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410 §7): a JWK would have to bring the public half. */
const pkcs8Of25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

const modulo = (value: bigint): bigint => ((value % prime) + prime) % prime;

/** value^(p − 2), Fermat. */
function inverse(value: bigint): bigint {
  let [result, base] = [1n, value];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

const numberOf = (littleEndian: Buffer): bigint => BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`);

const bytesOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
