import { describe, expect, it } from '@jest/globals';
import { publishedMargins } from './publishedMargins.js';
import type { Cell, Margins } from './types.js';

/** Where the organisations are and what they are, one letter each: `layout('ab', 'xx')` are two of one kind in two counties. */
const layout = (counties: string, kinds: string) => (members: readonly number[]): Cell[] => members.map((count, i) => ({ county: counties[i]!, kind: kinds[i]!, members: count }));
const sum = (cells: readonly Cell[]): number => cells.reduce((all, { members }) => all + members, 0);

/** Every sum that a publication could give, by name, of any cells: written apart from the rule. */
const sums = (cells: readonly Cell[]): Map<string, Cell[]> => new Map([
  ['total', [...cells]],
  ...cells.map(({ county }): [string, Cell[]] => [`county ${county}`, cells.filter((cell) => cell.county === county)]),
  ...cells.map(({ kind }): [string, Cell[]] => [`kind ${kind}`, cells.filter((cell) => cell.kind === kind)]),
]);
const published = ({ total, counties, kinds }: Margins): Map<string, number | null> => new Map([
  ['total', total], ...[...counties].map(([name, count]): [string, number | null] => [`county ${name}`, count]), ...[...kinds].map(([name, count]): [string, number | null] => [`kind ${name}`, count]),
]);

/** All ways in which cells can be filled with none to four each. */
const worlds = (cells: number): number[][] => (cells === 0 ? [[]] : worlds(cells - 1).flatMap((world) => [0, 1, 2, 3, 4].map((members) => [...world, members])));

/**
 * What an attacker finds out who tries all possibilities: hidden cells, and sums under five of one county, kind, or county and
 * kind, that come out the same in every world that fits what is published.
 */
function derived(cells: readonly Cell[], figures: ReadonlyMap<string, number | null>, candidates: readonly number[][]): string[] {
  const hidden = cells.flatMap(({ members }, i) => (members < 5 ? [i] : []));
  const targets = new Map<string, number[]>(hidden.map((i) => [`cell ${i}`, [i]]));
  for (const i of hidden) {
    const { county, kind } = cells[i]!;
    for (const [name, of] of [[`sum of ${county}`, (c: Cell) => c.county === county], [`sum of ${kind}`, (c: Cell) => c.kind === kind], [`sum of ${county} ${kind}`, (c: Cell) => c.county === county && c.kind === kind]] as const) {
      const inside = cells.flatMap((cell, at) => (of(cell) && cell.members < 5 ? [at] : []));
      if (inside.reduce((all, at) => all + cells[at]!.members, 0) < 5) targets.set(name, inside);
    }
  }
  const equations = [...figures].flatMap(([name, figure]) => {
    if (figure === null) return [];
    const of = sums(cells).get(name)!;
    return [{ inside: hidden.flatMap((i, at) => (of.includes(cells[i]!) ? [at] : [])), value: figure - sum(of.filter(({ members }) => members >= 5)) }];
  });
  const possible = new Map([...targets.keys()].map((name) => [name, new Set<number>()]));
  for (const world of candidates) {
    if (!equations.every(({ inside, value }) => inside.reduce((all, at) => all + world[at]!, 0) === value)) continue;
    for (const [name, inside] of targets) possible.get(name)!.add(inside.reduce((all, i) => all + world[hidden.indexOf(i)]!, 0));
  }
  return [...possible].flatMap(([name, values]) => (values.size === 1 ? [name] : []));
}

/** Publishes every sum of five or more: what a careless rule would do. */
const careless = (cells: readonly Cell[]): Map<string, number | null> => new Map([...sums(cells)].map(([name, of]) => [name, sum(of) < 5 ? null : sum(of)]));

describe('sums of members', () => {
  it('are all published where no organisation is small', () => {
    expect(publishedMargins(layout('aab', 'xyx')([5, 6, 7]))).toEqual({ total: 18, counties: new Map([['a', 11], ['b', 7]]), kinds: new Map([['x', 12], ['y', 6]]) });
  });

  it('are hidden where one small organisation would follow by subtraction', () => {
    expect(publishedMargins(layout('aa', 'xx')([20, 3]))).toEqual({ total: null, counties: new Map([['a', null]]), kinds: new Map([['x', null]]) });
  });

  it('are hidden where all small organisations would turn out empty, or to have four each', () => {
    for (const members of [[20, 0, 0], [20, 4, 4]]) expect(publishedMargins(layout('aaa', 'xxx')(members)).total).toBeNull();
    expect(publishedMargins(layout('aaa', 'xxx')([20, 4, 3])).total).toBe(27);
  });

  it('take a neighbour along into hiding, so that total less neighbours does not give a hidden sum away, and keep the total', () => {
    const { total, counties } = publishedMargins(layout('abbcc', 'xxxxx')([2, 4, 3, 4, 4].map((members, i) => (i === 3 ? members + 40 : members))));
    expect(counties.get('a')).toBeNull();
    expect([...counties.values()].filter((count) => count === null).length).toBeGreaterThan(1);
    expect(total).toBe(57);
  });

  it('of no organisations at all are none', () => {
    expect(publishedMargins([])).toEqual({ total: 0, counties: new Map(), kinds: new Map() });
  });
});

const layouts: [string, string, number[]][] = [
  ['ab', 'xx', []], ['aab', 'xyx', []], ['aabb', 'xyxy', []], ['aabb', 'xyxx', []], ['abcd', 'xxyy', []], ['aaab', 'xxyx', []], ['aabb', 'xyxy', [9, 30]], ['aaab', 'xxxy', [7]],
];

describe('an attacker who tries every possibility', () => {
  it.each(layouts)('derives no count under five in counties %s, kinds %s, beside organisations of %j', (counties, kinds, visible) => {
    const place = layout(counties + counties.slice(0, visible.length), kinds + kinds.slice(0, visible.length));
    const candidates = worlds(counties.length);
    for (const world of candidates) {
      const cells = place([...world, ...visible]);
      const figures = published(publishedMargins(cells));
      for (const [name, figure] of figures) if (figure !== null) expect(figure).toBe(sum(sums(cells).get(name)!));
      expect({ world, derived: derived(cells, figures, candidates) }).toEqual({ world, derived: [] });
    }
  });

  it('derives plenty from a careless rule', () => {
    const candidates = worlds(4);
    const broken = candidates.filter((world) => { const cells = layout('aabb', 'xyxy')(world); return derived(cells, careless(cells), candidates).length > 0; });
    expect(broken.length).toBeGreaterThan(100);
  });

  it('derives no count under five of six small organisations either, drawn at random', () => {
    const candidates = worlds(6);
    for (let draw = 0; draw < 60; draw += 1) {
      const world = candidates[(draw * 7919) % candidates.length]!;
      const cells = layout('aabbccab', 'xyxyxyxy')([...world, 11, 23]);
      expect({ world, derived: derived(cells, published(publishedMargins(cells)), candidates) }).toEqual({ world, derived: [] });
    }
  });
});

it('still says nearly everything of a large province', () => {
  // 130 counties, 15 kinds, 4,000 organisations, most of them small.
  const cells = Array.from({ length: 4_000 }, (_, i) => ({ county: `c${i % 130}`, kind: `k${(i * i) % 15}`, members: (i * 37) % 11 === 0 ? 40 : ((i * 53) % 17) % 5 }));
  const { total, counties, kinds } = publishedMargins(cells);
  expect(total).toBe(sum(cells));
  expect([...counties.values(), ...kinds.values()].filter((count) => count === null)).toEqual([]);
});
