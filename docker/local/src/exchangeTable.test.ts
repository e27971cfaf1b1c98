import { expect, test } from '@jest/globals';
import { ageOf, exchangeTable } from './exchangeTable.js';
import type { OwnerSeen } from './watchOwner.js';

const now = new Date('2026-10-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
const quiet = { state: 'OPEN', haltedFor: null, sent: 7, confirmed: 7, lag: 0, oldestUndelivered: null, lastReceipt: ago(4), received: 3, lastReceived: ago(60), parked: 0 } as const;
const owner = (name: string, peer: string, stream: object = {}, more: Partial<OwnerSeen> = {}): OwnerSeen =>
  ({ name, answers: true, streams: [{ peer, ...quiet, ...stream }], refusals: [], ...more });
const lineOf = (lines: readonly string[], start: string): string | undefined => lines.find((line) => line.startsWith(start))?.replace(/\s{2,}/g, ' | ');

test('a line says of a stream what its sender knows, and what is parked and refused at its receiver', () => {
  const lines = exchangeTable([
    owner('shanghai', 'jiangsu', { sent: 9, lag: 2, oldestUndelivered: ago(150) }, { refusals: [{ peer: 'jiangsu', side: 'SENT', code: 'PEER_UNKNOWN', count: 1, lastAt: now }] }),
    owner('jiangsu', 'shanghai', { parked: 5 }, { refusals: [{ peer: 'shanghai', side: 'RECEIVED', code: 'EXCHANGE_DIGEST', count: 2, lastAt: now }, { peer: 'unproven', side: 'RECEIVED', code: 'SIGNATURE_INVALID', count: 9, lastAt: now }] }),
  ], now);
  expect(lineOf(lines, 'shanghai')).toBe('shanghai → jiangsu | open 正常 | 9 | 7 | 2 | 2m | 4s | 5 | 1/2');
  expect(lineOf(lines, 'jiangsu')).toBe('jiangsu → shanghai | open 正常 | 7 | 7 | 0 | – | 4s | 0 | 0/0');
});

test('an owner whose service is down is away, whether its database answers or not', () => {
  const up = exchangeTable([owner('shanghai', 'anhui', {}, { answers: false }), owner('anhui', 'shanghai')], now);
  expect(lineOf(up, 'shanghai')).toBe('shanghai → anhui | away 离线 | 7 | 7 | 0 | – | 4s | 0 | 0/0');
  expect(lineOf(up, 'anhui')).toBe('anhui → shanghai | peer away 对方离线 | 7 | 7 | 0 | – | 4s | 0 | 0/0');
  expect(up).toContain('away 离线: shanghai (its database answers 数据库可用)');
  const down = exchangeTable([owner('shanghai', 'anhui', {}, { answers: false, streams: undefined }), owner('anhui', 'shanghai')], now);
  expect(lineOf(down, 'shanghai')).toBe('shanghai → anhui | away 离线 | – | – | – | – | – | 0 | –/0');
  expect(lineOf(down, 'anhui')).toBe('anhui → shanghai | peer away 对方离线 | 7 | 7 | 0 | – | 4s | – | 0/–');
  expect(down).toContain('away 离线: shanghai (its database does not answer 数据库不可用)');
});

test('a halted stream says what for, whoever is away', () => {
  const lines = exchangeTable([owner('shanghai', 'anhui', { state: 'HALTED', haltedFor: 'EXCHANGE_TRIMMED' }), owner('anhui', 'shanghai', { state: 'UNKNOWN', lastReceipt: null }, { answers: false })], now);
  expect(lineOf(lines, 'shanghai')).toContain('HALTED 已停止 EXCHANGE_TRIMMED');
});

test('columns stand under each other though a Chinese character is two wide', () => {
  const [head, chinese, ...rows] = exchangeTable([owner('shanghai', 'anhui'), owner('anhui', 'shanghai', { sent: 123_456 })], now);
  const width = (text: string): number => [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
  expect([chinese!, ...rows.slice(0, 2)].map(width)).toEqual([width(head!), width(head!), width(head!)]);
});

test('an age is said by its largest unit of which there are two', () => {
  expect([0, 119, 120, 7_199, 7_200, 172_799, 172_800].map((seconds) => ageOf(ago(seconds), now))).toEqual(['0s', '119s', '2m', '119m', '2h', '47h', '2d']);
  expect([ageOf(null, now), ageOf(ago(-5), now)]).toEqual(['–', '0s']);
});
