import { childrenOf, findDivision, type Division } from '../division/index.js';
import { dateText, referenceDay } from './calendar.js';
import { placeField } from './fields.js';
import { awayPatterns, committee, countySets, firstBranch, parkPattern, slots, townPatterns, type Pattern } from './patterns.js';
import { accepts, createPlaceDraws, isTown, type PlaceDraws } from './places.js';
import type { SyntheticConfig, SyntheticOrganization } from './types.js';

/** No province is given more: all are loaded while somebody waits for the first start. */
const limit = 4000;
const manyCounties = 40;
const anchorTowns = 2;

/** What is directly above the organisations of a division. */
interface Above {
  readonly committee: SyntheticOrganization;
  readonly away: SyntheticOrganization | undefined;
  /** City of destination. */
  readonly destination: string;
}

function createFounder(draws: PlaceDraws) {
  return (division: Division, pattern: Pattern, parent: SyntheticOrganization | undefined, destination: string): SyntheticOrganization => {
    const { code } = division;
    const { slot, kind } = pattern;
    const place = draws.describe(division, destination);
    const unit = pattern.unit(place);
    const short = pattern.short?.(place) ?? unit.replace(/党支部$/, '支部');
    const id = draws.id(code, slot);
    return {
      id,
      name: `${slot === slots.committee ? '中共' : ''}${place.name}${unit}`,
      shortName: place.ownName + short,
      kind,
      divisionCode: code,
      address: draws.address(code, slot, pattern.away ? destination : code),
      parentId: parent?.id ?? null,
      path: [...(parent?.path ?? []), id],
      officePhone: draws.phone(code, slot),
      acceptsMobileMembers: accepts(pattern, code, draws),
      endsOn: kind === 'TEMPORARY_PROJECT_BRANCH' ? dateText(referenceDay + 540 + (draws.value(code, slot, placeField.ends) % 900)) : null,
    };
  };
}

/** Which further organisations a town has: `count` of them, in an order drawn for the town. */
function chosenPatterns(town: Division, count: number, draws: PlaceDraws): Pattern[] {
  const order = new Map(townPatterns.map(({ slot }) => [slot, draws.value(town.code, slot, placeField.chosen)]));
  return [...townPatterns].sort((a, b) => order.get(a.slot)! - order.get(b.slot)!).slice(0, count).sort((a, b) => a.slot - b.slot);
}

/**
 * All organisations of a province, parents before children: the province committee, then per city and county the committee,
 * the away organisations, the park's branch and others, and per street or town the committee with its branches. Every county and
 * every street or town has its committee and at least one branch; how many more depends on what `limit` leaves.
 */
export function* syntheticOrganizations(config: SyntheticConfig): Generator<SyntheticOrganization> {
  const draws = createPlaceDraws(config);
  const found = createFounder(draws);
  const { anchors } = config;
  const anchorCounty = findDivision(anchors.town)!.parentCode!;

  const province = findDivision(`${config.code}0000`)!;
  const cities = childrenOf(province.code).filter(({ level }) => level === 'CITY');
  const holders = cities.length > 0 ? cities : [province];
  const counties = holders.flatMap(({ code }) => childrenOf(code).filter(({ level }) => level === 'COUNTY'));
  const towns = [...holders, ...counties].flatMap(({ code }) => childrenOf(code).filter(isTown));
  const setsOf = (county: Division, position: number): readonly (readonly Pattern[])[] =>
    counties.length < manyCounties || county.code === anchorCounty ? countySets : [countySets[position % countySets.length]!];
  const furtherOfCounties = counties.reduce((sum, county, position) => sum + 1 + setsOf(county, position).flat().length, 0);
  const fixed = (cities.length > 0 ? 1 : 0) + holders.length * (1 + awayPatterns.length) + counties.length + furtherOfCounties + towns.length * 2;
  // What is left is spread evenly: town t gets the difference of two running totals. The two anchor towns have every kind.
  const perTown = Math.min(townPatterns.length, Math.max(0, limit - anchorTowns * townPatterns.length - countySets.flat().length - fixed) / towns.length);
  const positions = new Map(towns.map(({ code }, position) => [code, position]));
  const countOf = ({ code }: Division): number => {
    const position = positions.get(code)!;
    return code === anchors.town || code === anchors.elsewhere ? townPatterns.length : Math.floor((position + 1) * perTown) - Math.floor(position * perTown);
  };

  function* townOrganizations(town: Division, above: Above): Generator<SyntheticOrganization> {
    const townCommittee = found(town, committee, above.committee, above.destination);
    yield townCommittee;
    const branch = found(town, firstBranch, townCommittee, above.destination);
    yield branch;
    for (const pattern of chosenPatterns(town, countOf(town), draws)) {
      yield found(town, pattern, pattern.parent === firstBranch.slot ? branch : townCommittee, above.destination);
    }
  }

  function* countyOrganizations(county: Division, position: number, above: Above): Generator<SyntheticOrganization> {
    const countyCommittee = found(county, committee, above.committee, above.destination);
    yield countyCommittee;
    yield found(county, parkPattern, countyCommittee, above.destination);
    const bySlot = new Map<number, SyntheticOrganization>();
    for (const pattern of setsOf(county, position).flat()) {
      const parent = pattern.parent === 'AWAY_COMMITTEE' ? above.away : pattern.parent === undefined ? countyCommittee : bySlot.get(pattern.parent);
      const organization = found(county, pattern, parent, above.destination);
      bySlot.set(pattern.slot, organization);
      yield organization;
    }
    for (const town of childrenOf(county.code).filter(isTown)) yield* townOrganizations(town, { ...above, committee: countyCommittee });
  }

  const provinceCommittee = found(province, committee, undefined, draws.destination(province.code));
  yield provinceCommittee;
  let position = 0;
  for (const holder of holders) {
    const destination = draws.destination(holder.code);
    const holderCommittee = holder === province ? provinceCommittee : found(holder, committee, provinceCommittee, destination);
    if (holder !== province) yield holderCommittee;
    let away: SyntheticOrganization | undefined;
    for (const pattern of awayPatterns) {
      const organization = found(holder, pattern, pattern.parent === undefined ? holderCommittee : away, destination);
      away ??= organization;
      yield organization;
    }
    const above: Above = { committee: holderCommittee, away, destination };
    for (const child of childrenOf(holder.code)) {
      if (child.level === 'COUNTY') yield* countyOrganizations(child, position++, above);
      else if (isTown(child)) yield* townOrganizations(child, above);
    }
  }
}
