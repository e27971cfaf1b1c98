import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createNodeSigner, createStationState, issueCredential, openStatusList, openTrustList, signProof, signStatusList, signTrustList, statusBytes, stepAt, verifyPass } from '@delta/pass';

const now = Math.floor(Date.now() / 1000);
const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// Two roots pin two keys of Shanghai: one issues passes, the other says which were revoked.
const [shanghai, anhui, passKey, statusKey] = [newSigner(), newSigner(), newSigner(), newSigner()];
const entry = (signer: typeof passKey, use: 'pass' | 'status') => ({ kid: hex(signer.kid), issuer: '31', use, algorithm: -7, publicKey: signer.publicKey, from: now - 60, until: now + 365 * 86_400 });
const trustBytes = await signTrustList({ sequence: 1, issuedAt: now, expires: now + 7 * 86_400, keys: [entry(passKey, 'pass'), entry(statusKey, 'status')], compromised: [], peers: [] }, [shanghai, anhui]);
const statusToken = await signStatusList({ issuer: '31', kid: hex(passKey.kid), issuedAt: now, bytes: statusBytes(100_000) }, statusKey);

// Shanghai issues a pass to a phone, which holds its own key and shows a new code every 30 seconds.
const phone = newSigner();
const credential = await issueCredential({ issuer: '31', notBefore: now - 60, expires: now + 90 * 86_400 - 60, passId: randomBytes(16), statusIndex: 4711, class: 'phone', holder: phone.publicKey }, passKey);
const text = await signProof(credential, { step: stepAt(now), nonce: randomBytes(8) }, phone);

// A station that pinned the roots when it was enrolled, without a network from here on.
const roots = [{ issuer: '31', kid: hex(shanghai.kid), publicKey: shanghai.publicKey }, { issuer: '34', kid: hex(anhui.kid), publicKey: anhui.publicKey }];
const trust = await openTrustList(trustBytes, { roots });
const list = await openStatusList(statusToken, { trust });
const context = { profile: 'ap1', trust, status: (kid: string) => (kid === list.kid ? list : undefined), clock: { wall: now, monotonic: 0 }, state: createStationState(), activity: '31-activity', session: '1' } as const;
console.log(text, await verifyPass(text, context));
const again = await verifyPass(text, context);
if (!again.valid) console.log(again.refusal.code, again.refusal.entry.clerk);
