import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { finishSync } from '../lib/steps.js';
import { nodePlatform } from '../platform/nodePlatform.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { readClock, type ClockReading } from './readClock.js';
import { signStationRecord, verifyStationRecord, type StationRecord } from './stationRecord.js';
import { createListMemory } from './listMemory.js';
import { createStationClock } from './stationClock.js';
import { createStationState } from './stationState.js';

const timeOf = (reading: ClockReading): number | string => {
  try {
    return readClock(reading);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
};

describe('the station\'s clock', () => {
  const server = { time: 1000, monotonic: 50 };
  test.each<[string, ClockReading, number | string]>([
    ['goes on from the server\'s word by what passed since', { wall: 1010, monotonic: 60.9, server }, 1010],
    ['bears a wall clock 90 seconds fast', { wall: 1100, monotonic: 60, server }, 1010],
    ['refuses one 91 seconds fast', { wall: 1101, monotonic: 60, server }, 'STATION_CLOCK'],
    ['refuses one 91 seconds slow', { wall: 919, monotonic: 60, server }, 'STATION_CLOCK'],
    ['refuses a monotonic clock that went back', { wall: 1000, monotonic: 49, server }, 'STATION_CLOCK'],
    ['refuses a server\'s word from before what it saw', { wall: 1000, monotonic: 50, server, lastSeen: 1091 }, 'STATION_CLOCK'],
    ['bears that it ran a little fast before the server\'s word', { wall: 1000, monotonic: 50, server, lastSeen: 1090 }, 1000],
    ['takes the wall clock after a restart', { wall: 2000.7, monotonic: 1, lastSeen: 2000 }, 2000],
    ['refuses after a restart any time before the last seen', { wall: 1999, monotonic: 1, lastSeen: 2000 }, 'STATION_CLOCK'],
    ['refuses what is no time', { wall: Number.NaN, monotonic: 1 }, 'STATION_CLOCK'],
    ['refuses a time before 1970', { wall: -1, monotonic: 1, lastSeen: -5 }, 'STATION_CLOCK'],
  ])('%s', (_, reading, expected) => {
    expect(timeOf(reading)).toBe(expected);
  });
});

test('a clock put together goes on from the server, and remembers the latest time over a restart', () => {
  let [wall, monotonic] = [500, 10];
  const clock = createStationClock({ wall: () => wall, monotonic: () => monotonic });
  expect(timeOf(clock.read())).toBe(500);
  clock.hear(520);
  [wall, monotonic] = [560, 70];
  expect(timeOf(clock.read())).toBe(580);
  clock.note(580);
  clock.note(570);
  const { lastSeen } = clock.read();
  const restarted = createStationClock({ wall: () => wall, monotonic: () => 0, ...(lastSeen === undefined ? {} : { lastSeen }) });
  expect(timeOf(restarted.read())).toBe('STATION_CLOCK');
  wall = 580;
  expect(timeOf(restarted.read())).toBe(580);
});

test('lists that were accepted are remembered by the newest', () => {
  const memory = createListMemory();
  expect([memory.last(), memory.lastIssuedAt('a')]).toEqual([undefined, undefined]);
  for (const sequence of [2, 3, 1]) memory.noteTrustList({ sequence, digest: String(sequence) });
  for (const issuedAt of [20, 10]) memory.noteStatusList({ kid: 'a', issuedAt });
  expect([memory.last(), memory.lastIssuedAt('a'), memory.lastIssuedAt('b')]).toEqual([{ sequence: 3, digest: '3' }, 20, undefined]);
});

describe('the station\'s memory', () => {
  test('gives a proof and a use once', () => {
    const state = createStationState();
    expect([state.claimProof('a', 1), state.claimProof('a', 1), state.claimProof('b', 1)]).toEqual([true, false, true]);
    expect([state.claimUse('a'), state.claimUse('a'), state.claimUse('b')]).toEqual([true, false, true]);
  });
  test('forgets proofs only long after their step is refused anyway', () => {
    const state = createStationState();
    state.claimProof('old', 1000);
    state.claimProof('new', 1600);
    expect(state.claimProof('old', 1000)).toBe(false);
    state.claimProof('newer', 1601);
    expect(state.claimProof('old', 1000)).toBe(true);
  });
});

describe('a station\'s record', () => {
  const signer = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const record: StationRecord = {
    recordId: new Uint8Array(randomBytes(16)), at: 1_800_000_000, station: '31-station', activity: '31-activity', session: '1', issuer: '32', passId: new Uint8Array(randomBytes(16)),
    class: 'phone', freshness: 'stale', proof: new Uint8Array(randomBytes(32)),
  };
  test('comes back as it was signed', async () => {
    for (const each of [record, { ...record, class: 'paper', proof: null } as const]) {
      const bytes = await signStationRecord(each, signer);
      expect(finishSync(verifyStationRecord(nodePlatform, bytes, { stationKey: () => ({ station: '31-station', publicKey: signer.publicKey }) }))).toEqual(each);
    }
  });
  test('is refused under a key that is no point', async () => {
    const bytes = await signStationRecord(record, signer);
    expect(() => finishSync(verifyStationRecord(nodePlatform, bytes, { stationKey: () => ({ station: '31-station', publicKey: new Uint8Array(33) }) }))).toThrow('not signed by the station');
  });
});
