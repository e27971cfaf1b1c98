import type { CborValue } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import type { PassSigner } from '../lib/signer.js';
import { writeSign1 } from '../lib/sign1.js';
import { maxStatusBytes, maxStatusToken } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse } from '../refusals/passRefusal.js';
import { bitsPerPass, part, statusClaims, statusListType, statusSubject, timeToLive, type StatusList } from './statusList.js';

/** A status list token in CWT form, signed by a key of the issuer whose use is `status`, never by the one that issues passes. */
export async function signStatusList(platform: Platform, { issuer, kid, issuedAt, bytes }: StatusList, signer: PassSigner): Promise<Uint8Array> {
  if (bytes.length > maxStatusBytes) refuse('DECOMPRESSION_BOMB', part);
  const packed = await platform.deflate(bytes);
  const payload = encodeCbor(new Map<number, CborValue>([
    [statusClaims.subject, statusSubject(issuer, kid)], [statusClaims.issuedAt, issuedAt],
    [statusClaims.statusList, new Map<string, CborValue>([['bits', bitsPerPass], ['lst', packed]])], [statusClaims.timeToLive, timeToLive],
  ]));
  const token = await writeSign1(payload, signer, { type: statusListType, tagged: true });
  return token.length > maxStatusToken ? refuse('OVERSIZED', part) : token;
}
