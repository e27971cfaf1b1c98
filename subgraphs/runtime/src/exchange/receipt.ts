import { KeyError, type Signer, type Trust } from '@delta/service/keys';
import type { Position } from './types.js';

/** The receiver's word for how far a stream has come: everything up to there is stored, and its effects with it. */
const type = 'delta-receipt+jwt';
const lifeSeconds = 4 * 366 * 24 * 60 * 60;

export const signReceipt = (signer: Signer, sender: string, { seq, hash, epoch }: Position): Promise<string> =>
  signer.sign({ seq, hash, epoch }, { type, audience: sender, expiresInSeconds: lifeSeconds });

/** @throws KeyError */
export async function readReceipt(trust: Trust, receiver: string, sender: string, receipt: string): Promise<Position> {
  const { seq, hash, epoch } = await trust.verify(receipt, { type, issuer: receiver, audience: sender, record: true });
  if (!Number.isSafeInteger(seq) || (seq as number) < 0 || typeof hash !== 'string' || !Number.isSafeInteger(epoch)) throw new KeyError('malformed');
  return { seq: seq as number, hash, epoch: epoch as number };
}
