import { kidOf, nodePlatform } from '@delta/pass';

/** The key that a code binds; `kid` in hexadecimal. */
export interface Point { readonly publicKey: Buffer; readonly kid: string }

/** A compressed point of P-256 in base64url without padding, 33 bytes; undefined for anything else. */
export function readPoint(text: string): Point | undefined {
  if (!/^[A-Za-z0-9_-]{44}$/.test(text)) return undefined;
  const publicKey = Buffer.from(text, 'base64url');
  return nodePlatform.importKey(publicKey) ? { publicKey, kid: kidOf(publicKey) } : undefined;
}
