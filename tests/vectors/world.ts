import { createHash } from 'node:crypto';
import { encode, rfc8949EncodeOptions } from 'cborg';
import {
  challengeText, createPassVerbs, credentialText, issueCredential, nodePlatform, setStatus, signTrustList, statusBytes, stepAt,
  type Challenge, type Claims, type PassSigner, type TrustKey, type TrustListContent,
} from '@delta/pass';
import { encodeTrustList } from '@delta/pass/trust/trustPayload';
import { testKey, type TestKey } from './deterministicSigner.js';
import type { VectorContext } from './vector.js';

/** What the vectors are made of: four provinces' keys, their lists and a few passes, all from names and one fixed moment. */
export const verbs = createPassVerbs(nodePlatform);
export const now = 1_800_000_000;
export const day = 86_400;
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const cbor = (value: unknown): Uint8Array => encode(value, rfc8949EncodeOptions);
export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
export const sixteen = (name: string): Uint8Array => new Uint8Array(createHash('sha256').update(name).digest().subarray(0, 16));
export const nonce = sixteen('nonce').subarray(0, 8);
export const step = stepAt(now);

const names = ['root-31', 'root-32', 'root-33', 'root-34', 'pass-31', 'pass-31-next', 'pass-31-old', 'pass-32', 'pass-33', 'status-31', 'status-32', 'status-33', 'unlisted', 'holder', 'other-holder', 'station', 'other-station'] as const;
export const key = Object.fromEntries(names.map((name) => [name, testKey(name)])) as Readonly<Record<(typeof names)[number], TestKey>>;

const kidOfKey = (publicKey: Uint8Array): string => createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

const entry = (of: TestKey, use: TrustKey['use'], from = now - 200 * day, until = now + 165 * day): TrustKey =>
  ({ kid: hex(of.kid), issuer: of.name.split('-')[1]!, use, algorithm: -7, publicKey: of.publicKey, from, until });

const pinned = new Uint8Array(createHash('sha256').update('slot').digest());
/** An entry for an algorithm that no profile uses yet: the slot for SM2, by a number of COSE's private range. */
export const slot = { ...entry(key.unlisted, 'pass'), kid: kidOfKey(pinned), publicKey: pinned, issuer: '34', algorithm: -65540 };
const exchanging = new Uint8Array(createHash('sha256').update('exchange').digest());
export const exchange: TrustKey = { kid: kidOfKey(exchanging), issuer: '31', use: 'exchange', algorithm: -8, publicKey: exchanging, from: now - 200 * day, until: now + 165 * day };

export const content: TrustListContent = {
  sequence: 12, issuedAt: now - day, expires: now + 6 * day,
  keys: [
    entry(key['pass-31'], 'pass'), entry(key['pass-31-next'], 'pass', now + 135 * day, now + 500 * day), entry(key['pass-31-old'], 'pass', now - 375 * day, now - 10 * day),
    entry(key['pass-32'], 'pass'), entry(key['pass-33'], 'pass'), entry(key['status-31'], 'status'), entry(key['status-32'], 'status'), entry(key['status-33'], 'status'), slot, exchange,
  ],
  compromised: [hex(key['pass-33'].kid)],
  peers: [{ owner: '31', address: 'https://shanghai.invalid' }],
};

export const roots = [key['root-31'], key['root-32'], key['root-33'], key['root-34']].map((of) => ({ issuer: of.name.slice(5), kid: hex(of.kid), publicKey: hex(of.publicKey) }));
export const trustList = async (changes: Partial<TrustListContent> = {}, signers: readonly PassSigner[] = [key['root-31'], key['root-34']]): Promise<string> =>
  hex(await signTrustList({ ...content, ...changes }, signers));

/** The list as two roots would sign it who compare nothing: `signTrustList` refuses what a verifier would. */
export async function uncheckedTrustList(changes: Partial<TrustListContent>): Promise<string> {
  const body = cbor(new Map([[16, 'application/delta-trustlist+cbor']]));
  const payload = encodeTrustList({ ...content, ...changes });
  const signatures = await Promise.all([key['root-31'], key['root-34']].map(async (root) => {
    const header = cbor(new Map<number, unknown>([[1, -7], [4, root.kid]]));
    return [header, new Map(), await root.sign(cbor(['Signature', body, header, new Uint8Array(), payload]))];
  }));
  return hex(cbor([body, new Map(), payload, signatures]));
}

export const place = { revoked: 6, suspended: 7, reserved: 8, size: 64 };

export interface ListChanges { readonly about?: TestKey; readonly issuer?: string; readonly signer?: PassSigner; readonly issuedAt?: number; readonly size?: number }

export async function statusList({ about = key['pass-31'], issuer = '31', signer = key['status-31'], issuedAt = now - 600, size = place.size }: ListChanges = {}): Promise<string> {
  const bytes = statusBytes(size);
  setStatus(bytes, place.revoked, 'revoked');
  setStatus(bytes, place.suspended, 'suspended');
  bytes[place.reserved >> 2] = bytes[place.reserved >> 2]! | 3;
  return hex(await verbs.signStatusList({ issuer, kid: hex(about.kid), issuedAt, bytes }, signer));
}

/** The context of a station that has everything it needs. */
export const station = async (changes: Partial<VectorContext> = {}): Promise<VectorContext> => ({
  roots, trustList: await trustList(), statusLists: [await statusList()],
  clock: { wall: now, monotonic: 5000, server: { time: now - 1000, monotonic: 4000 }, lastSeen: now - 10 },
  activity: '31-activity-1', session: '1', ...changes,
});

const common = { issuer: '31', notBefore: now - 5 * day, expires: now + 20 * day, statusIndex: 5 };
export const phone: Claims = { ...common, passId: sixteen('phone'), class: 'phone', holder: key.holder.publicKey };
export const paper: Claims = { ...common, passId: sixteen('paper'), statusIndex: 9, class: 'paper', maskedName: '王*' };

export const issue = (claims: Claims, signer: PassSigner = key['pass-31']): Promise<Uint8Array> => issueCredential(claims, signer);
export const paperText = async (changes: Partial<Claims> = {}, signer?: PassSigner): Promise<string> => credentialText(await issue({ ...paper, ...changes } as Claims, signer));

export interface ProofChanges { readonly step?: number; readonly nonce?: Uint8Array; readonly holder?: TestKey; readonly challenge?: Challenge }

/** A phone's code over a credential. */
export const proofText = (credential: Uint8Array, { step: at = step, nonce: random = nonce, holder = key.holder, challenge }: ProofChanges = {}): Promise<string> =>
  verbs.signProof(credential, challenge ? { step: challenge.step, nonce: challenge.nonce, place: challenge } : { step: at, nonce: random }, holder);
export const phoneText = async (changes: Partial<Claims> = {}, signer?: PassSigner): Promise<string> => proofText(await issue({ ...phone, ...changes } as Claims, signer));

export const challenge: Challenge = { nonce: sixteen('challenge').subarray(0, 8), step, station: '31-station-1', activity: '31-activity-1' };
export const shown = { ...challenge, nonce: hex(challenge.nonce) };
export { challengeText };
