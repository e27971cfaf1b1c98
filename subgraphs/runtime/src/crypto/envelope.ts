import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** nonce (12) | ciphertext | tag (16), AES-256-GCM, bound to what it belongs to. */
function seal(key: Buffer, plain: Buffer, belongsTo: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(belongsTo));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, sealed: Buffer, belongsTo: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(belongsTo)).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}

/** Envelope encryption of a person's secrets: each member has a data key, wrapped by the province's. Deleting it shreds them. */
export interface Envelope {
  /** A new member's wrapped data key and the secrets sealed under it. */
  sealNew(memberId: string, secrets: Readonly<Record<string, string>>): { dataKey: Buffer; sealed: Record<string, Buffer> };
  /** One secret in clear. Throws when key, member or bytes do not fit together. */
  open(memberId: string, dataKey: Buffer, name: string, sealed: Buffer): string;
}

/** @param wrappingKey 32 bytes, the province's */
export const createEnvelope = (wrappingKey: Buffer): Envelope => ({
  sealNew(memberId, secrets) {
    const key = randomBytes(32);
    return {
      dataKey: seal(wrappingKey, key, memberId),
      sealed: Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, seal(key, Buffer.from(text), `${memberId}:${name}`)])),
    };
  },
  open: (memberId, dataKey, name, sealed) => open(open(wrappingKey, dataKey, memberId), sealed, `${memberId}:${name}`).toString(),
});
