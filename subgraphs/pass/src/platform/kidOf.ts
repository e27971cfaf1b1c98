import { toHex } from '../lib/bytes.js';
import { nodePlatform } from './nodePlatform.js';

/** What a public key is called: the first eight bytes of its SHA-256, in hexadecimal. */
export const kidOf = (publicKey: Uint8Array): string => toHex(nodePlatform.sha256(publicKey).subarray(0, 8));
