import { KeyError, type Signer, type Trust } from '@delta/service/keys';

/** The head of an owner's audit chain at one time: `hash` stands for all entries up to `seq`. */
export interface Checkpoint {
  /** Name of the service whose chain it is: a province's slug, or `zone`. */
  readonly owner: string;
  /** A bigint, as text. */
  readonly seq: string;
  readonly hash: string;
  readonly at: Date;
}

const type = 'delta-checkpoint+jwt';
/** Whoever verifies the chain. */
const audience = 'audit';
/** Longer than any entry is kept: three years and the months around them. */
const lifeSeconds = 4 * 366 * 24 * 60 * 60;

/** The owner's word for the head of its chain. Others keep it, so that it cannot be taken back. */
export const signCheckpoint = (signer: Signer, { seq, hash, at }: Omit<Checkpoint, 'owner'>): Promise<string> =>
  signer.sign({ seq, hash, at: at.toISOString() }, { type, audience, expiresInSeconds: lifeSeconds });

/** A checkpoint that its owner signed, be it with a key that was retired since. @throws KeyError */
export async function verifyCheckpoint(trust: Trust, owner: string, token: string): Promise<Checkpoint> {
  const { seq, hash, at } = await trust.verify(token, { type, issuer: owner, audience, record: true });
  if (typeof seq !== 'string' || !/^[0-9]{1,18}$/.test(seq) || typeof hash !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at))) throw new KeyError('malformed');
  return { owner, seq, hash, at: new Date(at) };
}
