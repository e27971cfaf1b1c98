import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { PlatformError } from '@delta/schema/errors';
import { ConfigError, file } from './config.js';

/**
 * Mutual TLS between the services, where the network between them is not trusted with what they say: each has a certificate of
 * one authority of their own, shows it, and talks to nobody without one. It comes on top of the signatures, never in their place.
 */
export const tlsVariables = {
  tlsCertFile: file('DELTA_TLS_CERT_FILE', { optional: true }),
  tlsKeyFile: file('DELTA_TLS_KEY_FILE', { optional: true }),
  tlsCaFile: file('DELTA_TLS_CA_FILE', { optional: true }),
};

export interface TlsFiles { readonly tlsCertFile: string | undefined; readonly tlsKeyFile: string | undefined; readonly tlsCaFile: string | undefined }

/** A service's own certificate and key, and the authority whose certificates it accepts. For both ends of a connection. */
export interface MutualTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
  readonly minVersion: 'TLSv1.3';
}

/**
 * Undefined where none of the three files is named: then connections are plain.
 * @throws ConfigError when only some are; PlatformError CONFIGURATION_INVALID when they make no certificate with its key
 */
export async function loadMutualTls({ tlsCertFile, tlsKeyFile, tlsCaFile }: TlsFiles): Promise<MutualTls | undefined> {
  if (tlsCertFile === undefined && tlsKeyFile === undefined && tlsCaFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined || tlsCaFile === undefined) throw new ConfigError(['DELTA_TLS_CERT_FILE, DELTA_TLS_KEY_FILE and DELTA_TLS_CA_FILE go together: set all three or none']);
  const [cert, key, ca] = await Promise.all([readFile(tlsCertFile), readFile(tlsKeyFile), readFile(tlsCaFile)]);
  const tls: MutualTls = { cert, key, ca, minVersion: 'TLSv1.3' };
  try {
    createSecureContext(tls);
  } catch {
    throw new PlatformError('CONFIGURATION_INVALID', { message: 'DELTA_TLS_CERT_FILE, DELTA_TLS_KEY_FILE and DELTA_TLS_CA_FILE do not hold a certificate, its key and an authority.' });
  }
  return tls;
}

/** `fetch` for requests to another service, which shows our certificate and demands the other's. */
export function fetchOver(tls: MutualTls | undefined): typeof fetch {
  if (!tls) return fetch;
  const dispatcher = new Agent({ connect: { ...tls } });
  return ((input: string | URL, init: object) => undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch;
}
