import { decodeBase45, encodeBase45 } from '../lib/base45.js';
import { decodeCbor } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { fieldsOf } from '../lib/readFields.js';
import { base45Length, maxChallenge } from '../limits.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import type { Place } from './proofMessage.js';

/** What a station shows for the phone to sign: its own time, so that a phone with a wrong clock can answer. */
export interface Challenge extends Place {
  readonly nonce: Uint8Array;
  readonly step: number;
}

const part: Part = 'challenge';
const prefix = 'AP3:';
const read = fieldsOf(part);

export const challengeText = ({ nonce, step, station, activity }: Challenge): string => prefix + encodeBase45(encodeCbor([nonce, step, station, activity]));

/** On the phone. A challenge is not signed: the phone shows its station and activity, and the member says yes. */
export function readChallenge(text: string): Challenge {
  if (text.length > prefix.length + base45Length(maxChallenge)) refuse('OVERSIZED', part);
  if (!text.startsWith(prefix)) refuse('PREFIX', part);
  const [nonce, step, station, activity] = read.array(decodeCbor(decodeBase45(text, prefix.length, part), part), 4);
  return { nonce: read.bytes(nonce, 8), step: read.unsigned(step), station: read.text(station), activity: read.text(activity) };
}
