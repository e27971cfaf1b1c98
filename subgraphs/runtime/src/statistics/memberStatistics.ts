import type { Queryable } from '../db/database.js';
import { findDivision, fullName } from '../division/index.js';
import { publishedMargins } from './publishedMargins.js';
import { countOrganizations } from './store.js';

export interface MemberStatistics {
  readonly total: number | null;
  readonly counties: readonly { readonly division: { readonly code: string; readonly name: string; readonly fullName: string }; readonly count: number | null }[];
  readonly kinds: readonly { readonly kind: string; readonly count: number | null }[];
  readonly countedAt: Date;
}

/** How long one count answers everybody: what a province publishes may be that old, and nobody can make it count in a loop. */
const keptMs = 60_000;

/** The province's statistics, counted at most once a minute in this process whoever asks; a count that fails is not kept. */
export function memberStatisticsOf({ db, province, now }: { readonly db: Queryable; readonly province: string; readonly now: () => Date }): () => Promise<MemberStatistics> {
  let kept: { readonly until: number; readonly statistics: Promise<MemberStatistics> } | undefined;
  return () => {
    const countedAt = now();
    if (kept && countedAt.getTime() < kept.until) return kept.statistics;
    const statistics = count(db, `${province}0000`, countedAt);
    kept = { until: countedAt.getTime() + keptMs, statistics };
    statistics.catch(() => { kept = undefined; });
    return statistics;
  };
}

async function count(db: Queryable, provinceDivision: string, countedAt: Date): Promise<MemberStatistics> {
  const organizations = await countOrganizations(db);
  const margins = publishedMargins(organizations.map(({ divisionCode, kind, members }) => ({ county: countyOf(divisionCode) ?? provinceDivision, kind, members })));
  return {
    total: margins.total,
    counties: [...margins.counties].map(([code, members]) => ({ division: { code, name: findDivision(code)!.name, fullName: fullName(code)! }, count: members })),
    kinds: [...margins.kinds].map(([kind, members]) => ({ kind, count: members })),
    countedAt,
  };
}

/** The county of a seat, or the city or province that it is given as; undefined for a code that the table does not know. */
function countyOf(code: string): string | undefined {
  const division = findDivision(code);
  return division?.level === 'TOWN' ? division.parentCode ?? undefined : division?.code;
}
