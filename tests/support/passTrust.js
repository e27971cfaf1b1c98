import { generateKeyPairSync } from 'node:crypto';
import { createNodeSigner, signTrustList } from '@delta/pass';
export const newPassSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
export const kidOf = ({ kid }) => Buffer.from(kid).toString('hex');
const day = 86_400;
export const secondsAt = (at) => Math.floor(at.getTime() / 1000);
export function createTestRoots() {
    const signers = ['31', '32', '33', '34'].map(newPassSigner);
    return {
        signers,
        roots: signers.map((signer, i) => ({ issuer: String(31 + i), kid: kidOf(signer), publicKey: signer.publicKey })),
        sign: (content, by = [signers[0], signers[2]]) => signTrustList(content, by),
    };
}
/** A key as a trust list names it: in use since yesterday, for a year. */
export const trustKeyOf = (signer, issuer, use, now, more = {}) => ({ kid: kidOf(signer), issuer, use, algorithm: -7, publicKey: signer.publicKey, from: now - day, until: now + 365 * day, ...more });
/** A list of a week that names nobody. */
export const trustContent = (now, more = {}) => ({ sequence: 1, issuedAt: now, expires: now + 7 * day, keys: [], compromised: [], peers: [], ...more });
//# sourceMappingURL=passTrust.js.map