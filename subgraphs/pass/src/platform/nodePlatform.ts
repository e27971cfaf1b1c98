import { createPublicKey, ECDH, hash, verify, type KeyObject } from 'node:crypto';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import type { Platform } from './platform.js';

/** node:crypto and node:zlib, which answer at once. A key is imported as JWK, measured at half of what SPKI takes. */
export const nodePlatform = {
  sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer'),
  importKey(point: Uint8Array): KeyObject | undefined {
    try {
      const whole = ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer;
      const [x, y] = [whole.toString('base64url', 1, 33), whole.toString('base64url', 33, 65)];
      return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    } catch {
      return undefined;
    }
  },
  verify: (key: object, bytes: Uint8Array, signature: Uint8Array): boolean =>
    verify('sha256', bytes, { key: key as KeyObject, dsaEncoding: 'ieee-p1363' }, signature),
  inflate(bytes: Uint8Array, max: number): Uint8Array | 'tooLarge' | undefined {
    try {
      const { buffer, engine } = inflateSync(bytes, { maxOutputLength: max, info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      return engine.bytesWritten === bytes.length ? buffer : undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'tooLarge' : undefined;
    }
  },
  deflate: (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
} satisfies Platform;
