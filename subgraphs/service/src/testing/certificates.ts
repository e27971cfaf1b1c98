import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { TlsFiles } from '../tls.js';

export interface Authority { readonly key: string; readonly cert: string }

/** A certificate authority of its own, for one test. */
export async function createAuthority(name: string): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec', algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true }],
  });
  return { key, cert };
}

/** Writes the three files of a service on this machine: a certificate that `by` signed, its key, and the authority it accepts. */
export async function writeCertificate(folder: string, name: string, by: Authority, accepts: Authority = by): Promise<TlsFiles> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec', algorithm: 'sha256', ca: by,
    extensions: [{ name: 'basicConstraints', cA: false }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const write = (kind: string, text: string): string => {
    const path = join(folder, `${name}.${kind}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return { tlsCertFile: write('cert', cert), tlsKeyFile: write('key', key), tlsCaFile: write('ca', accepts.cert) };
}
