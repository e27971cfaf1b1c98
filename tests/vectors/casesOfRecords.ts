import { deflateSync } from 'node:zlib';
import { signStationRecord, type PassSigner, type RefusalCode, type StationRecord } from '@delta/pass';
import { cbor, hex, join, key, now, sixteen } from './world.js';
import { bstr } from './rawPass.js';
import type { RuleCase } from './casesOfRules.js';

const record: StationRecord = {
  recordId: sixteen('record'), at: now, station: '31-station-1', activity: '31-activity-1', session: '1', issuer: '32', passId: sixteen('phone'),
  class: 'phone', freshness: 'current', proof: join(sixteen('proof'), sixteen('proof')),
};
const stationKeys = [
  { kid: hex(key.station.kid), station: '31-station-1', publicKey: hex(key.station.publicKey) },
  { kid: hex(key['other-station'].kid), station: '31-station-2', publicKey: hex(key['other-station'].publicKey) },
];
const signed = async (signer: PassSigner, changes: Partial<StationRecord> = {}): Promise<string> => hex(await signStationRecord({ ...record, ...changes }, signer));
const changed = (text: string): string => text.replace(hex(Buffer.from('31-activity-1')), hex(Buffer.from('31-activity-2')));
const forged = (name: string, text: Promise<string>, refusal: RefusalCode = 'STATION_RECORD_FORGED'): RuleCase => ({ name, kind: 'stationRecord', refusal, text, context: { stationKeys } });

/** A status list token made by hand around what is packed in it. */
async function token(lst: Uint8Array): Promise<string> {
  const header = cbor(new Map<number, unknown>([[1, -7], [4, key['status-31'].kid], [16, 'application/statuslist+cwt']]));
  const payload = cbor(new Map<number, unknown>([[2, `urn:delta:pass-status:31:${hex(key['pass-31'].kid)}`], [6, now - 600], [65533, new Map<string, unknown>([['bits', 2], ['lst', lst]])], [65534, 900]]));
  const signature = await key['status-31'].sign(join([0x84, 0x6a], Buffer.from('Signature1'), bstr(header), [0x40], bstr(payload)));
  return hex(join([0xd2, 0x84], bstr(header), [0xa0], bstr(payload), bstr(signature)));
}
const lists = (name: string, refusal: RefusalCode, lst: Uint8Array): RuleCase => ({ name, kind: 'lists', refusal, context: token(lst).then((list) => ({ statusLists: [list] })) });
/** The two bytes of zlib and stored blocks are the same from every implementation; what compresses is not. */
const zeros = (length: number): Uint8Array => new Uint8Array(deflateSync(new Uint8Array(length), { level: 9 }));

export const recordCases: readonly RuleCase[] = [
  forged('a station that nobody enrolled', signed(key.unlisted)),
  forged('a record in another station\'s name', signed(key['other-station'])),
  forged('a record signed by another station under this one\'s kid', signed({ ...key['other-station'], kid: key.station.kid })),
  forged('a record that was changed', signed(key.station).then(changed)),
  forged('a record whose end is missing', signed(key.station).then((text) => text.slice(0, -2)), 'TRUNCATED'),
  { name: 'a station\'s record of a phone', kind: 'stationRecord', text: signed(key.station), context: { stationKeys } },
  { name: 'a station\'s record of a paper pass', kind: 'stationRecord', text: signed(key.station, { class: 'paper', freshness: 'stale', proof: null }), context: { stationKeys } },
  lists('a status list that unpacks to 4 MiB and a byte', 'DECOMPRESSION_BOMB', zeros(4 * 1024 * 1024 + 1)),
  lists('a status list that unpacks to 64 MiB', 'DECOMPRESSION_BOMB', zeros(64 * 1024 * 1024)),
  lists('a status list cut within what is packed', 'COMPRESSION', zeros(64).subarray(0, -3)),
  lists('bytes after what is packed', 'COMPRESSION', join(zeros(64), [0])),
];
