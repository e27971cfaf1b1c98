import { toHex } from '../lib/bytes.js';
import { decodeCbor, type CborValue } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { readHeader } from '../lib/readHeader.js';
import { fieldsOf } from '../lib/readFields.js';
import { checkSignature } from '../lib/signature.js';
import type { PassSigner } from '../lib/signer.js';
import { readSign1, toBeSigned, writeSign1 } from '../lib/sign1.js';
import { settle, type Steps } from '../lib/steps.js';
import { maxStationRecord, millisecondsFrom } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse, type Part } from '../refusals/passRefusal.js';

/** An attendance as a station signs it for its province. Nothing in it names the person. */
export interface StationRecord {
  /** The station's own UUID of the record, 16 bytes: the same upload twice is one record. */
  readonly recordId: Uint8Array;
  /** Seconds, by the station's clock. */
  readonly at: number;
  readonly station: string;
  readonly activity: string;
  readonly session: string;
  /** The pass's issuer and id. */
  readonly issuer: string;
  readonly passId: Uint8Array;
  readonly class: 'phone' | 'paper';
  /** How old the status list was. */
  readonly freshness: 'current' | 'stale';
  /** SHA-256 of what the phone signed: the same at two stations is a relayed proof. Null for paper. */
  readonly proof: Uint8Array | null;
}

const part: Part = 'stationRecord';
const read = fieldsOf(part);
const type = 'application/delta-station-record+cbor';
const keys = { issuedAt: 6, recordId: 7, record: -65540 } as const;
const classes = ['phone', 'paper'] as const;
const freshnesses = ['current', 'stale'] as const;

export async function signStationRecord(record: StationRecord, signer: PassSigner): Promise<Uint8Array> {
  const payload = encodeCbor(new Map<number, CborValue>([
    [keys.issuedAt, record.at], [keys.recordId, record.recordId],
    [keys.record, [record.station, record.activity, record.session, record.issuer, record.passId, classes.indexOf(record.class) + 1, freshnesses.indexOf(record.freshness), record.proof]],
  ]));
  const bytes = await writeSign1(payload, signer, { type });
  return bytes.length > maxStationRecord ? refuse('OVERSIZED', part) : bytes;
}

function readRecord(payload: Uint8Array): StationRecord {
  const claims = read.map(decodeCbor(payload, part), Object.values(keys));
  const at = read.unsigned(claims.get(keys.issuedAt));
  if (at >= millisecondsFrom) refuse('TIMES_IN_MILLISECONDS', part);
  const [station, activity, session, issuer, passId, kind, freshness, proof] = read.array(claims.get(keys.record), 8);
  return {
    at, recordId: read.bytes(claims.get(keys.recordId), 16), station: read.text(station), activity: read.text(activity), session: read.text(session),
    issuer: read.text(issuer), passId: read.bytes(passId, 16), class: classes[read.unsigned(kind) - 1] ?? refuse('MALFORMED', part),
    freshness: freshnesses[read.unsigned(freshness)] ?? refuse('MALFORMED', part), proof: proof === null ? null : read.bytes(proof, 32),
  };
}

/** A station's key as its province enrolled it. */
export interface StationKey { readonly station: string; readonly publicKey: Uint8Array }

/** Verifies a record by the key that the province has for the kid. Any other signer, or another station's name, is a forgery. */
export function* verifyStationRecord(platform: Platform, bytes: Uint8Array, { stationKey }: { readonly stationKey: (kid: string) => StationKey | undefined }): Steps<StationRecord> {
  if (bytes.length > maxStationRecord) refuse('OVERSIZED', part);
  const { protectedBytes, unprotected, payload, signature } = readSign1(bytes, { part });
  checkSignature(signature, part);
  const known = stationKey(toHex(readHeader(protectedBytes, unprotected, { part, type }))) ?? refuse('STATION_RECORD_FORGED', part);
  const key = (yield* settle(platform.importKey(known.publicKey))) ?? refuse('STATION_RECORD_FORGED', part);
  if ((yield* settle(platform.verify(key, toBeSigned(protectedBytes, payload), signature))) !== true) refuse('STATION_RECORD_FORGED', part);
  const record = readRecord(payload);
  return record.station === known.station ? record : refuse('STATION_RECORD_FORGED', part);
}
