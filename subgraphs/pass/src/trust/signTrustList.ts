import { encodeCbor } from '../lib/encodeCbor.js';
import { finish } from '../lib/steps.js';
import { toBeSignedBy } from '../lib/sign1.js';
import { signLow, type PassSigner } from '../lib/signer.js';
import type { CborValue } from '../lib/decodeCbor.js';
import type { Platform } from '../platform/platform.js';
import { checkKids } from './checkKids.js';
import { checkTrustList, encodeTrustList } from './trustPayload.js';
import { trustListType, type TrustListContent } from './trustList.js';

/**
 * The list, signed by every signer given; a station wants two of different provinces. A signer is asked over its interface, so
 * that the roots need not meet in one place; for a list that nobody would take none is asked.
 * @throws PassRefusal
 */
export async function signTrustList(platform: Platform, content: TrustListContent, signers: readonly PassSigner[]): Promise<Uint8Array> {
  checkTrustList(content);
  await finish(checkKids(platform, content.keys));
  const body = encodeCbor(new Map([[16, trustListType]]));
  const payload = encodeTrustList(content);
  const signatures: CborValue[] = [];
  for (const signer of signers) {
    const header = encodeCbor(new Map<number, CborValue>([[1, -7], [4, signer.kid]]));
    signatures.push([header, new Map(), await signLow(signer, toBeSignedBy(body, header, payload))]);
  }
  return encodeCbor([body, new Map(), payload, signatures]);
}
