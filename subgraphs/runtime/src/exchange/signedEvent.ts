import { hash } from 'node:crypto';
import { KeyError, readLinked, type JWTPayload, type Signer, type Trust } from '@delta/service/keys';
import type { EventHead } from './types.js';

/**
 * The envelope of an event: a CloudEvents 1.0 event in JSON, whose data is left out and stands for itself by its digest
 * (`dig`), signed as a compact JWS (EdDSA) by the sender's key. `seq`, `epoch` and `prev` bind it to its place in its stream, so
 * that signature and chain outlive the data: whoever is shredded leaves them whole.
 */
const type = 'delta-event+jwt';
/** Longer than any event is kept as evidence. */
const lifeSeconds = 4 * 366 * 24 * 60 * 60;

export const digestOf = (bytes: string | Buffer): string => hash('sha256', bytes, 'base64url');

/** What stands before the first event of a stream. */
export const beginning = digestOf('delta-exchange');

const typePrefix = 'cn.delta.';

export const signEvent = (signer: Signer, to: string, head: EventHead): Promise<string> => signer.sign({
  specversion: '1.0', id: head.id, source: `/${signer.name}`, type: `${typePrefix}${head.type}`, subject: head.subject, time: head.time,
  datacontenttype: 'application/json', dataschema: `/${head.type}/v${head.version}`,
  seq: head.seq, epoch: head.epoch, prev: head.previous, dig: head.digest,
}, { type, audience: to, expiresInSeconds: lifeSeconds });

/**
 * What an event's sender said of it, to this receiver. A key that was retired since still proves what it signed before.
 * @throws KeyError
 */
export const readEvent = async (trust: Trust, from: string, to: string, jws: string): Promise<EventHead> =>
  headIn(await trust.verify(jws, { type, issuer: from, audience: to, record: true }), from);

/**
 * What an event says that a verified one follows, each naming the hash of the one before: by the last one's signature its sender
 * stands for all of them, byte by byte.
 * @throws KeyError
 */
export const readLinkedEvent = (from: string, to: string, jws: string): EventHead => headIn(readLinked(jws, { type, issuer: from, audience: to }), from);

function headIn(claims: JWTPayload, from: string): EventHead {
  const { specversion, id, source, type: kind, subject, time, dataschema, seq, epoch, prev, dig } = claims as Record<string, unknown>;
  const version = typeof dataschema === 'string' ? Number(/\/v([1-9][0-9]{0,5})$/.exec(dataschema)?.[1]) : NaN;
  const sound = specversion === '1.0' && source === `/${from}` && isText(kind, 100) && kind.startsWith(typePrefix) && isText(subject, 200)
    && typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) && typeof time === 'string' && !Number.isNaN(Date.parse(time))
    && isPlace(seq) && isPlace(epoch) && isHash(prev) && isHash(dig) && Number.isInteger(version);
  if (!sound) throw new KeyError('malformed');
  return { id, type: kind.slice(typePrefix.length), version, subject, time, seq, epoch, previous: prev, digest: dig };
}

const isText = (value: unknown, longest: number): value is string => typeof value === 'string' && value.length > 0 && value.length <= longest;
const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isHash = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{43}$/.test(value);
