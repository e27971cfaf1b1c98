import { expect, test } from '@jest/globals';
import { checkMoves, type MovesInvariant, type MovesKnown, type MovesRows } from './movesInvariants.js';

/** `a` goes from Anhui to Jiangsu, is not taken by Zhejiang, and goes on to Shanghai; `b` stays. */
function sound(): { rows: MovesRows; known: MovesKnown } {
  const tombstone = { memberId: 'a', held: false, record: null };
  const acts = [
    { transferId: 't1', from: 'anhui', to: 'jiangsu', exists: true }, { transferId: 't2', from: 'jiangsu', to: 'zhejiang', exists: false }, { transferId: 't3', from: 'jiangsu', to: 'shanghai', exists: true },
  ];
  return {
    rows: {
      members: [
        { owner: 'anhui', ...tombstone, version: 2, movedTo: 'jiangsu' }, { owner: 'jiangsu', ...tombstone, version: 5, movedTo: 'shanghai' },
        { owner: 'shanghai', memberId: 'a', held: true, version: 5, movedTo: null, record: 'of a' }, { owner: 'anhui', memberId: 'b', held: true, version: 1, movedTo: null, record: 'of b' },
      ],
      directory: [{ memberId: 'a', province: 'shanghai', version: 5 }, { memberId: 'b', province: 'anhui', version: 1 }],
      transfers: [
        { owner: 'anhui', id: 't1', memberId: 'a', version: 2, peer: 'jiangsu', state: 'RECEIVED' }, { owner: 'jiangsu', id: 't2', memberId: 'a', version: 3, peer: 'zhejiang', state: 'DECLINED' },
        { owner: 'jiangsu', id: 't3', memberId: 'a', version: 5, peer: 'shanghai', state: 'RECEIVED' },
      ],
      audit: [
        ['anhui', 't1', 'SENT'], ['jiangsu', 't1', 'ARRIVED'], ['anhui', 't1', 'RECEIVED'], ['jiangsu', 't2', 'SENT'], ['jiangsu', 't2', 'UNKNOWN_ORGANIZATION'],
        ['jiangsu', 't3', 'SENT'], ['shanghai', 't3', 'ARRIVED'], ['jiangsu', 't3', 'RECEIVED'],
      ].map(([owner, transferId, reason]) => ({ owner: owner!, transferId: transferId!, reason: reason! })),
      claims: [],
    },
    known: {
      before: [{ memberId: 'a', home: 'anhui', record: 'of a' }, { memberId: 'b', home: 'anhui', record: 'of b' }],
      walks: [{ memberId: 'a', home: 'anhui', at: 'shanghai', acts }], restored: new Set(),
    },
  };
}

const without = <T>(rows: readonly T[], at: number): T[] => rows.filter((_, i) => i !== at);
const change = <T>(rows: readonly T[], at: number, by: Partial<T>): T[] => rows.map((row, i) => (i === at ? { ...row, ...by } : row));
const found = (alter: (rows: MovesRows) => Partial<MovesRows>, known: Partial<MovesKnown> = {}): MovesInvariant[] => {
  const given = sound();
  return [...new Set(checkMoves({ ...given.rows, ...alter(given.rows) }, { ...given.known, ...known }).map(({ invariant }) => invariant))];
};

test('sound moves violate nothing', () => {
  expect(found(() => ({}))).toEqual([]);
});

test.each<[string, MovesInvariant, (rows: MovesRows) => Partial<MovesRows>]>([
  ['a member whom nobody holds', 'oneHolder', ({ members }) => ({ members: without(members, 2) })],
  ['a member whom two hold', 'oneHolder', ({ members }) => ({ members: change(members, 0, { held: true, record: 'of a' }) })],
  ['one who stayed and is lost', 'oneHolder', ({ members }) => ({ members: without(members, 3) })],
  ['one who is not where the last transfer went', 'oneHolder', ({ members }) => ({ members: change(change(members, 2, { held: false }), 1, { held: true }) })],
  ['a directory that says an earlier holder', 'directoryIsRight', ({ directory }) => ({ directory: change(directory, 0, { province: 'jiangsu' }) })],
  ['a directory that says an earlier version', 'directoryIsRight', ({ directory }) => ({ directory: change(directory, 0, { version: 4 }) })],
  ['a directory that knows nothing', 'directoryIsRight', ({ directory }) => ({ directory: without(directory, 0) })],
  ['a tombstone that is missing', 'tombstonesLead', ({ members }) => ({ members: without(members, 0) })],
  ['a tombstone that leads nowhere', 'tombstonesLead', ({ members }) => ({ members: change(members, 1, { movedTo: null }) })],
  ['tombstones that lead round in a ring', 'tombstonesLead', ({ members }) => ({ members: change(members, 1, { movedTo: 'anhui' }) })],
  ['a tombstone above the holder', 'tombstonesLead', ({ members }) => ({ members: change(members, 0, { version: 6 }) })],
  ['a record that became another', 'recordIsSame', ({ members }) => ({ members: change(members, 2, { record: 'of c' }) })],
  ['a version that did not rise', 'versionsRose', ({ members }) => ({ members: change(members, 2, { version: 4 }) })],
  ['transfers of one version', 'versionsRose', ({ transfers }) => ({ transfers: change(transfers, 1, { version: 2 }) })],
  ['an acknowledged transfer that is gone', 'transfersSettled', ({ transfers }) => ({ transfers: without(transfers, 0) })],
  ['a transfer that is still on its way', 'transfersSettled', ({ transfers }) => ({ transfers: change(transfers, 2, { state: 'SENT' }) })],
  ['a transfer that was declined without a reason', 'transfersSettled', ({ transfers }) => ({ transfers: change(transfers, 0, { state: 'DECLINED' }) })],
  ['a transfer that nobody asked for', 'transfersSettled', ({ transfers }) => ({ transfers: [...transfers, { ...transfers[0]!, id: 't9' }] })],
  ['an arrival that is not recorded', 'audited', ({ audit }) => ({ audit: without(audit, 1) })],
  ['an arrival that is recorded twice', 'audited', ({ audit }) => ({ audit: [...audit, audit[1]!] })],
  ['a claim', 'noClaims', () => ({ claims: [{ owner: 'zone', memberId: 'a' }] })],
])('finds %s', (_, invariant, alter) => {
  expect(found(alter)).toContain(invariant);
});

test('a restored owner may lack entries of its audit, and may have none twice', () => {
  const restored = new Set(['jiangsu']);
  expect(found(({ audit }) => ({ audit: without(audit, 1) }), { restored })).toEqual([]);
  expect(found(({ audit }) => ({ audit: [...audit, audit[1]!] }), { restored })).toEqual(['audited']);
  expect(found(({ audit }) => ({ audit: without(audit, 0) }), { restored })).toEqual(['audited']);
});
