import { type KeyObject } from 'node:crypto';

/**
 * The 32 bytes of an Ed25519 or X25519 key, which end its DER (RFC 8410). Not by way of a JWK: Node 20 holds the key's lock while it
 * makes that object, and where the job that generated the key is collected meanwhile, its end waits for the same lock for ever.
 */
export const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);

/** The seed of Ed25519, the scalar of X25519. */
export const rawPrivateKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
