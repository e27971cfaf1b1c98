import { generateKeyPairSync } from 'node:crypto';

/** A new private key of P-256 (PKCS #8, PEM). */
export const newPassKey = (): string => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
