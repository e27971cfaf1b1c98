import { follows, hiddenMost, tells } from './rules.js';
import type { Cell, Flow, Margins } from './types.js';

interface Margin extends Flow {
  readonly dimension: 'total' | 'county' | 'kind';
  readonly name: string;
  readonly count: number;
}

/**
 * The sums that may be published beside the cells themselves. Everybody knows which cells are hidden, that each of them holds
 * none to four, and how many the others hold; so a published sum tells the sum of its hidden cells.
 *
 * 1. A sum is hidden when its hidden cells' sum `tells`.
 * 2. As long as something that tells (such a sum, or the hidden cells of one county and kind) still follows from all that is
 *    published together, one more sum is hidden: the smallest that helps by itself, else the smallest. The total, which is
 *    asked for most, goes last.
 */
export function publishedMargins(cells: readonly Cell[]): Margins {
  const { margins, groups, nodes } = flowsOf(cells);
  const hidden = new Set(margins.filter(tells));
  for (;;) {
    const unknown = [...groups, ...hidden];
    const exposed = unknown.find((flow) => tells(flow) && follows(flow, unknown, nodes));
    if (!exposed) break;
    const published = margins.filter((margin) => !hidden.has(margin) && margin.cells > 0).sort(totalLast);
    const parts = published.filter(({ dimension, sum }) => dimension !== 'total' && sum > 0);
    // With every sum hidden nothing follows, so there is one left to hide.
    hidden.add(parts.find((margin) => !follows(exposed, [...unknown, margin], nodes)) ?? parts[0] ?? published[0]!);
  }
  const shown = (margin: Margin): number | null => (hidden.has(margin) ? null : margin.count);
  const of = (dimension: Margin['dimension']): Map<string, number | null> =>
    new Map(margins.filter((margin) => margin.dimension === dimension).map((margin) => [margin.name, shown(margin)]));
  return { total: of('total').get('')!, counties: of('county'), kinds: of('kind') };
}

const totalLast = (a: Margin, b: Margin): number => Number(a.dimension === 'total') - Number(b.dimension === 'total') || a.count - b.count;

const source = 0;
const sink = 1;

function flowsOf(cells: readonly Cell[]): { margins: Margin[]; groups: Flow[]; nodes: number } {
  const names = (of: (cell: Cell) => string): string[] => [...new Set(cells.map(of))].sort();
  const [counties, kinds] = [names(({ county }) => county), names(({ kind }) => kind)];
  const countyNode = new Map(counties.map((name, i) => [name, 2 + i]));
  const kindNode = new Map(kinds.map((name, i) => [name, 2 + counties.length + i]));
  const margin = (dimension: Margin['dimension'], name: string, from: number, to: number): Writable<Margin> => ({ dimension, name, from, to, sum: 0, cells: 0, count: 0 });

  const total = margin('total', '', sink, source);
  const byCounty = new Map(counties.map((name) => [name, margin('county', name, source, countyNode.get(name)!)]));
  const byKind = new Map(kinds.map((name) => [name, margin('kind', name, kindNode.get(name)!, sink)]));
  const groups = new Map<string, Writable<Flow>>();
  for (const { county, kind, members } of cells) {
    const sums = [total, byCounty.get(county)!, byKind.get(kind)!];
    for (const sum of sums) sum.count += members;
    if (members > hiddenMost) continue;
    const key = JSON.stringify([county, kind]);
    const group = groups.get(key) ?? { from: countyNode.get(county)!, to: kindNode.get(kind)!, sum: 0, cells: 0 };
    groups.set(key, group);
    for (const sum of [...sums, group]) {
      sum.sum += members;
      sum.cells += 1;
    }
  }
  return { margins: [total, ...byCounty.values(), ...byKind.values()], groups: [...groups.values()], nodes: 2 + counties.length + kinds.length };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
