import { fromHex, toHex } from '../lib/bytes.js';
import { decodeCbor, type CborValue } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { fieldsOf } from '../lib/readFields.js';
import { maxTrustLife, millisecondsFrom } from '../limits.js';
import { refuse } from '../refusals/passRefusal.js';
import { keyUses, type TrustKey } from './trustKey.js';
import { part, trustClaims, type Peer, type TrustListContent } from './trustList.js';

const read = fieldsOf(part);

/** [sequence, [[kid, issuer, use, algorithm, public key, from, until]], [compromised kid], [[owner, address]]] under -65538. */
export const encodeTrustList = (list: TrustListContent): Uint8Array => encodeCbor(new Map<number, CborValue>([
  [trustClaims.expires, list.expires], [trustClaims.issuedAt, list.issuedAt],
  [trustClaims.list, [
    list.sequence,
    list.keys.map((key) => [fromHex(key.kid), key.issuer, keyUses.indexOf(key.use) + 1, key.algorithm, key.publicKey, key.from, key.until]),
    list.compromised.map(fromHex),
    list.peers.map(({ owner, address }) => [owner, address]),
  ]],
]));

function readKey(value: CborValue): TrustKey {
  const [kid, issuer, use, algorithm, publicKey, from, until] = read.array(value, 7);
  return {
    kid: toHex(read.bytes(kid, 8)), issuer: read.text(issuer), use: keyUses[read.unsigned(use) - 1] ?? refuse('MALFORMED', part),
    algorithm: read.number(algorithm), publicKey: read.bytes(publicKey), from: read.unsigned(from), until: read.unsigned(until),
  };
}

function readPeer(value: CborValue): Peer {
  const [owner, address] = read.array(value, 2);
  return { owner: read.text(owner), address: read.text(address) };
}

/** Of a payload that enough roots signed. */
export function decodeTrustList(payload: Uint8Array): TrustListContent {
  const claims = read.map(decodeCbor(payload, part), Object.values(trustClaims));
  const [expires, issuedAt] = [read.unsigned(claims.get(trustClaims.expires)), read.unsigned(claims.get(trustClaims.issuedAt))];
  const [sequence, keys, compromised, peers] = read.array(claims.get(trustClaims.list), 4);
  const list = {
    expires, issuedAt, sequence: read.unsigned(sequence), keys: read.array(keys).map(readKey),
    compromised: read.array(compromised).map((kid) => toHex(read.bytes(kid, 8))), peers: read.array(peers).map(readPeer),
  };
  checkTrustList(list);
  return list;
}

/** What holds of a list whenever it is looked at; the roots check it before they sign. */
export function checkTrustList({ expires, issuedAt, keys }: TrustListContent): void {
  if (expires >= millisecondsFrom) refuse('TIMES_IN_MILLISECONDS', part);
  if (expires <= issuedAt) refuse('EXPIRY_BEFORE_START', part);
  if (expires - issuedAt > maxTrustLife) refuse('LIFE_EXCESSIVE', part);
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length || keys.some(({ from, until }) => until <= from)) refuse('MALFORMED', part);
}
