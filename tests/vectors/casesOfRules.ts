import { signKnownIssued, type RefusalCode } from '@delta/pass';
import { createHash } from 'node:crypto';
import { claimsMap, credentialOf, raw, swapCredential } from './rawPass.js';
import { challenge, content, day, exchange, hex, issue, key, now, paper, paperText, phone, phoneText, place, proofText, shown, sixteen, statusList, step, trustList, uncheckedTrustList } from './world.js';
import type { Vector, VectorContext } from './vector.js';

/** A case whose context is the subject: keys, times, lists, proofs, the station itself. */
export interface RuleCase {
  readonly name: string;
  readonly refusal?: RefusalCode;
  readonly kind?: Vector['kind'];
  readonly text?: string | Promise<string>;
  readonly context?: Partial<VectorContext> | Promise<Partial<VectorContext>>;
}

const half = 30;
const digestOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const stolen = { ...phone, issuer: '33' };
const list33 = { about: key['pass-33'], issuer: '33', signer: key['status-33'] };
const known = async (digests: readonly Uint8Array[], signer = key['status-33']): Promise<string> => hex(await signKnownIssued({ issuer: '33', kid: hex(key['pass-33'].kid), issuedAt: now - 60, digests }, signer));
const compromised = async (...digests: readonly Uint8Array[]): Promise<Partial<VectorContext>> => ({ statusLists: [await statusList(list33)], knownIssued: [await known(digests)] });
const issued = await issue(stolen, key['pass-33']);
const clock = (changes: Partial<VectorContext['clock']>): Partial<VectorContext> => ({ clock: { wall: now, monotonic: 5000, server: { time: now - 1000, monotonic: 4000 }, ...changes } });
const later = (seconds: number): Partial<VectorContext> => ({ clock: { wall: now + seconds, monotonic: 5000 } });
const withChallenge: Partial<VectorContext> = { challenge: shown };
const credential = await issue(phone);
const again = proofText(credential);

export const keyCases: readonly RuleCase[] = [
  { name: 'Jiangsu\'s name under Shanghai\'s key', refusal: 'ISSUER_MISMATCH', text: phoneText({ issuer: '32' }) },
  { name: 'a status key signed a pass', refusal: 'KEY_USE', text: phoneText({}, key['status-31']) },
  { name: 'an exchange key\'s kid on a pass', refusal: 'KEY_USE', text: raw({ header: new Map<number, unknown>([[1, -7], [4, Buffer.from(exchange.kid, 'hex')]]) }) },
  { name: 'a pass key signed a status list', refusal: 'KEY_USE', kind: 'lists', context: statusList({ signer: key['pass-31'] }).then((token) => ({ statusLists: [token] })) },
  { name: 'a pass that began after its key was retired', refusal: 'KEY_RETIRED', text: phoneText({ notBefore: now - 9 * day }, key['pass-31-old']) },
  { name: 'a pass that begins before its key may be used', refusal: 'KEY_NOT_YET_VALID', text: phoneText({}, key['pass-31-next']) },
  { name: 'a compromised key, and no list of what it issued', refusal: 'KEY_COMPROMISED', text: proofText(issued), context: statusList(list33).then((token) => ({ statusLists: [token] })) },
  { name: 'a compromised key, and a pass that is not known to be issued', refusal: 'KEY_COMPROMISED', text: proofText(issued), context: compromised(digestOf(credential)) },
  { name: 'a pass id that is known, in a credential that is not', refusal: 'KEY_COMPROMISED', text: phoneText({ ...stolen, class: 'phone', holder: key['other-holder'].publicKey }, key['pass-33']), context: compromised(digestOf(issued)) },
  { name: 'a compromised key signed a status list', refusal: 'KEY_COMPROMISED', kind: 'lists', context: trustList({ compromised: [hex(key['status-31'].kid)] }).then((list) => ({ trustList: list })) },
  { name: 'a known-issued list signed by another province', refusal: 'ISSUER_MISMATCH', kind: 'lists', context: known([], key['status-31']).then((token) => ({ knownIssued: [token] })) },
];

export const timeCases: readonly RuleCase[] = [
  { name: 'it expired this second', refusal: 'EXPIRED', text: phoneText({ expires: now }) },
  { name: 'it begins in a second', refusal: 'NOT_YET_VALID', text: phoneText({ notBefore: now + 1 }) },
  { name: 'the expiry is in milliseconds', refusal: 'TIMES_IN_MILLISECONDS', text: raw({ claims: claimsMap({ 4: phone.expires * 1000 }) }) },
  { name: 'both times are in milliseconds', refusal: 'TIMES_IN_MILLISECONDS', text: raw({ claims: claimsMap({ 4: phone.expires * 1000, 5: phone.notBefore * 1000 }) }) },
  { name: 'the expiry lies before the beginning', refusal: 'EXPIRY_BEFORE_START', text: raw({ claims: claimsMap({ 4: phone.notBefore - 1 }) }) },
  { name: 'it expires when it begins', refusal: 'EXPIRY_BEFORE_START', text: raw({ claims: claimsMap({ 4: phone.notBefore }) }) },
  { name: 'a phone\'s pass of 90 days and a second', refusal: 'LIFE_EXCESSIVE', text: raw({ claims: claimsMap({ 4: phone.notBefore + 90 * day + 1 }) }) },
  { name: 'a paper pass of 30 days and a second', refusal: 'LIFE_EXCESSIVE', text: raw({ claims: claimsMap({ 4: paper.notBefore + 30 * day + 1 }, paper) }) },
];

const foreign = { about: key['pass-31'], issuer: '32', signer: key['status-32'] };
export const statusCases: readonly RuleCase[] = [
  { name: 'the pass was revoked', refusal: 'REVOKED', text: phoneText({ statusIndex: place.revoked }) },
  { name: 'the status is one that nobody has defined', refusal: 'REVOKED', text: phoneText({ statusIndex: place.reserved }) },
  { name: 'the pass is suspended', refusal: 'SUSPENDED', text: phoneText({ statusIndex: place.suspended }) },
  { name: 'the index is the list\'s size', refusal: 'STATUS_INDEX_RANGE', text: phoneText({ statusIndex: place.size }) },
  { name: 'the index is 2^32 and more', refusal: 'STATUS_INDEX_RANGE', text: phoneText({ statusIndex: 2 ** 40 + 5 }) },
  { name: 'Jiangsu lists Shanghai\'s passes', refusal: 'STATUS_LIST_FOREIGN', kind: 'lists', context: statusList(foreign).then((token) => ({ statusLists: [token] })) },
  { name: 'Jiangsu lists Shanghai\'s passes in Shanghai\'s name', refusal: 'STATUS_LIST_FOREIGN', kind: 'lists', context: statusList({ ...foreign, issuer: '31' }).then((token) => ({ statusLists: [token] })) },
  { name: 'the list is 72 hours and a second old', refusal: 'STATUS_LIST_STALE', text: phoneText(), context: statusList({ issuedAt: now - 3 * day - 1 }).then((token) => ({ statusLists: [token] })) },
  { name: 'a newer list was seen', refusal: 'STATUS_LIST_ROLLED_BACK', kind: 'lists', context: { lastStatusLists: { [hex(key['pass-31'].kid)]: now - 599 } } },
  { name: 'no list for this key', refusal: 'STATUS_LIST_MISSING', text: phoneText(), context: { statusLists: [] } },
];

const last = { sequence: content.sequence, digest: '00'.repeat(32) };
export const trustCases: readonly RuleCase[] = [
  { name: 'a higher sequence was seen', refusal: 'TRUST_LIST_ROLLED_BACK', kind: 'lists', context: { lastTrustList: { ...last, sequence: content.sequence + 1 } } },
  { name: 'another list was seen under this sequence', refusal: 'TRUST_LIST_ROLLED_BACK', kind: 'lists', context: { lastTrustList: last } },
  { name: 'one root signed', refusal: 'TRUST_LIST_SIGNATURES', kind: 'lists', context: trustList({}, [key['root-31']]).then((list) => ({ trustList: list })) },
  { name: 'one root signed twice', refusal: 'TRUST_LIST_SIGNATURES', kind: 'lists', context: trustList({}, [key['root-31'], key['root-31']]).then((list) => ({ trustList: list })) },
  { name: 'one root signed, and a key that is no root', refusal: 'TRUST_LIST_SIGNATURES', kind: 'lists', context: trustList({}, [key['root-31'], key['pass-31']]).then((list) => ({ trustList: list })) },
  { name: 'the second signature is another\'s under a root\'s kid', refusal: 'SIGNATURE_INVALID', kind: 'lists', context: trustList({}, [key['root-31'], { ...key.unlisted, kid: key['root-32'].kid }]).then((list) => ({ trustList: list })) },
  { name: 'another key under the kid that was compared', refusal: 'MALFORMED', kind: 'lists', context: uncheckedTrustList({ keys: content.keys.map((one, i) => (i === 0 ? { ...one, publicKey: key.unlisted.publicKey } : one)) }).then((list) => ({ trustList: list })) },
  { name: 'an exchange key under a kid that is not its digest', refusal: 'MALFORMED', kind: 'lists', context: uncheckedTrustList({ keys: [{ ...exchange, kid: '00000000000000ed' }] }).then((list) => ({ trustList: list })) },
  { name: 'the trust list ended this second', refusal: 'TRUST_LIST_EXPIRED', text: phoneText(), context: trustList({ issuedAt: now - 7 * day, expires: now }).then((list) => ({ trustList: list })) },
];

export const proofCases: readonly RuleCase[] = [
  { name: 'the proof is two steps old', refusal: 'PROOF_STEP', text: proofText(credential, { step: step - 2 }) },
  { name: 'the proof is two steps ahead', refusal: 'PROOF_STEP', text: proofText(credential, { step: step + 2 }) },
  { name: 'the answer to a challenge of a minute ago', refusal: 'PROOF_STEP', text: proofText(credential, { challenge: { ...challenge, step: step - 2 } }), context: { challenge: { ...shown, step: step - 2 } } },
  { name: 'the same proof again', refusal: 'PROOF_REPLAYED', text: again, context: again.then((text) => ({ before: [text] })) },
  { name: 'another phone signed', refusal: 'PROOF_OTHER_PASS', text: proofText(credential, { holder: key['other-holder'] }) },
  { name: 'the proof was made for another pass of the same phone', refusal: 'PROOF_OTHER_PASS', text: phoneText({ passId: sixteen('second') }).then((text) => swapCredential(text, credential)) },
  { name: 'the phone answered another station', refusal: 'PROOF_ELSEWHERE', text: proofText(credential, { challenge: { ...challenge, station: '32-station-9' } }), context: withChallenge },
  { name: 'the phone answered for another activity', refusal: 'PROOF_ELSEWHERE', text: proofText(credential, { challenge: { ...challenge, activity: '31-activity-2' } }), context: withChallenge },
  { name: 'the phone answered another challenge', refusal: 'PROOF_ELSEWHERE', text: proofText(credential, { challenge: { ...challenge, nonce: sixteen('elsewhere').subarray(0, 8) } }), context: withChallenge },
  { name: 'the challenge is of another activity than attendance is counted for', refusal: 'PROOF_ELSEWHERE', text: proofText(credential, { challenge }), context: { ...withChallenge, activity: '31-activity-2' } },
  { name: 'a free proof where a challenge is shown', refusal: 'PROOF_ELSEWHERE', text: again, context: withChallenge },
  { name: 'a phone\'s credential alone', refusal: 'PHONE_WITHOUT_PROOF', text: phoneText().then((text) => credentialOf(text)) },
  { name: 'a paper pass in a phone\'s code', refusal: 'PAPER_AS_PHONE', text: issue(paper).then((bytes) => proofText(bytes)) },
  { name: 'a phone\'s class without a holder', refusal: 'PAPER_AS_PHONE', text: raw({ claims: claimsMap({ [-65537]: [null, 5, 1] }) }) },
  { name: 'paper\'s class with a holder', refusal: 'PAPER_AS_PHONE', text: raw({ claims: claimsMap({ [-65537]: [key.holder.publicKey, 5, 2, '王*'] }) }) },
  { name: 'a free proof where the risk is high', refusal: 'CHALLENGE_REQUIRED', text: again, context: { risk: 'high' } },
  { name: 'paper where the risk is high', refusal: 'PAPER_NOT_ALLOWED', text: paperText(), context: { risk: 'high', challenge: shown } },
];

export const stationCases: readonly RuleCase[] = [
  { name: 'the wall clock is 91 seconds fast', refusal: 'STATION_CLOCK', text: again, context: clock({ wall: now + 91 }) },
  { name: 'the wall clock is 91 seconds slow', refusal: 'STATION_CLOCK', text: again, context: clock({ wall: now - 91 }) },
  { name: 'the clock was set back while the station was off', refusal: 'STATION_CLOCK', text: again, context: { clock: { wall: now, monotonic: 3, lastSeen: now + 1 } } },
  { name: 'the status list comes from the future', refusal: 'STATION_CLOCK', text: again, context: statusList({ issuedAt: now + 91 }).then((token) => ({ statusLists: [token] })) },
  { name: 'the same phone once more in the same session', refusal: 'SECOND_USE', text: proofText(credential, { step: step + 1 }), context: again.then((text) => ({ before: [text] })) },
  { name: 'the same paper in another session of the activity', refusal: 'SECOND_USE', text: paperText(), context: paperText().then((text) => ({ before: [text], session: '2' })) },
];

export const validCases: readonly RuleCase[] = [
  { name: 'a phone\'s pass', text: again },
  { name: 'a paper pass', text: paperText() },
  { name: 'a proof of the step before', text: proofText(credential, { step: step - 1 }) },
  { name: 'a proof of the step after', text: proofText(credential, { step: step + 1 }) },
  { name: 'the answer to a challenge where the risk is high', text: proofText(credential, { challenge }), context: { ...withChallenge, risk: 'high' } },
  { name: 'a status list of 24 hours', text: again, context: statusList({ issuedAt: now - day }).then((token) => ({ statusLists: [token] })) },
  { name: 'a status list of 24 hours and a second, which is stale', text: again, context: statusList({ issuedAt: now - day - 1 }).then((token) => ({ statusLists: [token] })) },
  { name: 'a status list of 72 hours, which is stale', text: again, context: statusList({ issuedAt: now - 3 * day }).then((token) => ({ statusLists: [token] })) },
  { name: 'a pass that began before its key was retired', text: phoneText({ notBefore: now - 10 * day }, key['pass-31-old']), context: statusList({ about: key['pass-31-old'] }).then((token) => ({ statusLists: [token] })) },
  { name: 'a pass that a compromised key is known to have issued', text: proofText(issued), context: compromised(digestOf(credential), digestOf(issued)) },
  { name: 'the last second of a pass of 90 days', text: phoneText({ notBefore: now + 1 - 90 * day, expires: now + 1 }) },
  { name: 'a station after a restart, without a server', text: proofText(credential, { step: step + 20 }), context: later(20 * half) },
  { name: 'a wall clock 90 seconds fast', text: again, context: clock({ wall: now + 90 }) },
  { name: 'the same trust list again', text: again, context: trustList().then((list) => ({ lastTrustList: { sequence: content.sequence - 1, digest: '00'.repeat(32) }, trustList: list })) },
  { name: 'three roots signed', text: again, context: trustList({}, [key['root-32'], key['root-33'], key['root-34']]).then((list) => ({ trustList: list })) },

  { name: 'a place far into a longer list', text: phoneText({ statusIndex: 3999 }), context: statusList({ size: 4000 }).then((token) => ({ statusLists: [token] })) },
];

