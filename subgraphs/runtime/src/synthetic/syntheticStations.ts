import { childrenOf, findDivision, type Division } from '../division/index.js';
import { pick } from './draw.js';
import { placeField } from './fields.js';
import { committee, parkPattern, slots } from './patterns.js';
import { createPlaceDraws, isTown } from './places.js';
import type { Amenity, DutyShift, OpeningPeriod, ServiceTier, SyntheticConfig, SyntheticStation } from './types.js';

/** One town in so many has a window. */
const windowEvery = 4;

const openingPatterns: readonly (readonly [weekdays: readonly number[], opens: string, closes: string])[] = [
  [[1, 2, 3, 4, 5], '09:00', '17:00'],
  [[1, 2, 3, 4, 5, 6], '08:30', '17:30'],
  [[1, 2, 3, 4, 5, 6, 7], '09:00', '20:00'],
  [[2, 3, 4, 5, 6], '09:30', '18:30'],
];

const offices = ['组织员值班岗', '党员服务岗', '流动党员联络岗'] as const;

/** What each tier offers in any case, and what only some places have. */
const amenities: Record<ServiceTier, readonly [always: readonly Amenity[], some: readonly Amenity[]]> = {
  WINDOW: [['REST_AREA', 'CHARGING'], ['BOOKS', 'WIFI']],
  STATION: [['REST_AREA', 'CHARGING', 'WIFI'], ['BOOKS', 'SPORTS', 'MEETING_ROOM']],
  LIAISON: [['REST_AREA', 'MEETING_ROOM'], ['WIFI', 'BOOKS']],
};

/**
 * All stations of a province in its three tiers: a window at the committee of some towns (the anchor town always), a
 * station in the park of every county, a liaison station in each city of destination.
 */
export function* syntheticStations(config: SyntheticConfig): Generator<SyntheticStation> {
  const draws = createPlaceDraws(config);

  const station = (tier: ServiceTier, division: Division, slot: number, name: string, operator: number, seat = division.code): SyntheticStation => {
    const field = (number: number): number => draws.value(division.code, slot, number);
    const [weekdays, opens, closes] = pick(openingPatterns, field(placeField.hours));
    const phone = draws.phone(division.code, slot);
    // Somebody is on duty on three of the open days; the roster turns with the place.
    const duty = weekdays.filter((_, position) => position % 2 === 0).slice(0, 3);
    const [always, some] = amenities[tier];
    return {
      id: draws.id(division.code, slot),
      name,
      tier,
      address: draws.address(division.code, slot, seat),
      divisionCode: seat,
      hours: weekdays.map((weekday): OpeningPeriod => ({ weekday, opens, closes })),
      dutyRoster: duty.map((weekday, turn): DutyShift => ({ weekday, office: offices[(turn + field(placeField.duty)) % offices.length]!, officePhone: phone })),
      hotline: phone,
      amenities: [...always, ...some.filter((_, bit) => (field(placeField.amenities) >>> bit) % 2 === 1)],
      organizationId: draws.id(division.code, operator),
    };
  };

  function* windows(parent: Division): Generator<SyntheticStation> {
    for (const town of childrenOf(parent.code)) {
      if (!isTown(town)) continue;
      if (town.code !== config.anchors.town && draws.value(town.code, slots.window, placeField.chosen) % windowEvery !== 0) continue;
      const { name } = draws.describe(town, draws.destination(town.code));
      yield station('WINDOW', town, slots.window, `${name}示例流动党员服务窗口`, committee.slot);
    }
  }

  const province = findDivision(`${config.code}0000`)!;
  const cities = childrenOf(province.code).filter(({ level }) => level === 'CITY');
  for (const holder of cities.length > 0 ? cities : [province]) {
    const destination = draws.destination(holder.code);
    const { name, destination: city } = draws.describe(holder, destination);
    yield station('LIAISON', holder, slots.liaison, `${name}驻${city}示例流动党员联络站`, slots.liaisonStation, destination);
    yield* windows(holder);
    for (const county of childrenOf(holder.code)) {
      if (county.level !== 'COUNTY') continue;
      const place = draws.describe(county, destination);
      yield station('STATION', county, slots.station, `${place.name}示例${place.park}流动党员服务站`, parkPattern.slot);
      yield* windows(county);
    }
  }
}
