import { hkdfSync } from 'node:crypto';

/** A key of its own for each use, derived from the province's master key (HKDF-SHA-256), so that none serves two purposes. */
export const deriveKey = (master: Buffer, use: 'data-keys' | 'cursors'): Buffer => Buffer.from(hkdfSync('sha256', master, '', `delta:${use}`, 32));
