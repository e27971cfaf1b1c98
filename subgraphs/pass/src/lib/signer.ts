import { toLowS } from './signature.js';

/**
 * Whoever holds a private key: a file, a browser's key store, a PKCS#11 device (CKM_ECDSA_SHA256 gives exactly this). The key
 * itself never comes near this package.
 */
export interface PassSigner {
  /** Eight bytes; of a holder's key, which has no id, empty. */
  readonly kid: Uint8Array;
  /** ES256 over the bytes: r and s, 32 bytes each, either s. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Signs, with the lower s. A RangeError says that the signer gave something else than 64 bytes. */
export async function signLow(signer: PassSigner, bytes: Uint8Array): Promise<Uint8Array> {
  const signature = await signer.sign(bytes);
  if (signature.length !== 64) throw new RangeError('a signer must give r and s of 32 bytes each');
  return toLowS(signature);
}
