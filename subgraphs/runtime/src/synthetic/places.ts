import { dataFile, divisionsInForce, findDivision, fullName, type Division } from '../division/index.js';
import { createDraw, fraction, pick, type Draw } from './draw.js';
import { placeField } from './fields.js';
import type { Pattern, Place } from './patterns.js';
import type { SyntheticConfig } from './types.js';
import { uuidV7 } from './uuid.js';

/** All synthetic organisations and stations say they were made at this moment: 2025-01-01T00:00:00Z. */
const idTime = Date.UTC(2025, 0, 1);

const parks = ['产业园', '科技园', '物流园', '软件园'] as const;

/** What organisations and stations of one province are drawn with; a place is a division and a slot there. */
export interface PlaceDraws {
  /** The draw of one field of a place. */
  value(divisionCode: string, slot: number, field: number): number;
  id(divisionCode: string, slot: number): string;
  phone(divisionCode: string, slot: number): string;
  address(divisionCode: string, slot: number, seat?: string): string;
  /** GB/T 2260 code of the city that the division's away organisations are in. */
  destination(divisionCode: string): string;
  describe(division: Division, away: string): Place;
}

export function createPlaceDraws({ code, region, seed }: Pick<SyntheticConfig, 'code' | 'region' | 'seed'>): PlaceDraws {
  const draw: Draw = createDraw(seed, `${region}/place`);
  const destinations = (JSON.parse(dataFile('destinations.json')) as string[]).filter((city) => !city.startsWith(code));
  const value = (divisionCode: string, slot: number, field: number): number => draw(Number(divisionCode), slot * 16 + field);
  return {
    value,
    id: (divisionCode, slot) =>
      `${code}-${uuidV7(idTime, value(divisionCode, slot, placeField.id1), value(divisionCode, slot, placeField.id2), value(divisionCode, slot, placeField.id3))}`,
    // 109 begins no number in use, and unlike 110, 119, 120 or 123 it also reaches no service when dialled.
    phone: (divisionCode, slot) => `109${code.charAt(1)}${String(value(divisionCode, slot, placeField.phone) % 10_000_000).padStart(7, '0')}`,
    address: (divisionCode, slot, seat = divisionCode) => `${fullName(seat)!}示例路${1 + (value(divisionCode, slot, placeField.street) % 300)}号`,
    destination: (divisionCode) => pick(destinations, value(divisionCode, 0, placeField.variant)),
    describe: (division, away) => ({
      name: placeName(division),
      ownName: division.name,
      settlement: division.name.endsWith('街道') ? '社区' : '村',
      destination: findDivision(away)!.name,
      park: pick(parks, value(division.code, 0, placeField.ends)),
    }),
  };
}

/** Streets and towns by name; statistics also counts farms, parks, prisons and hospitals as divisions of that level. */
export const isTown = ({ level, name }: Division): boolean => level === 'TOWN' && /(街道|镇|乡)$/.test(name);

let sharedNames: ReadonlySet<string> | undefined;

/** Counties of one name in one province, as 鼓楼区 of Nanjing and of Xuzhou: `32鼓楼区`. */
function isShared({ code, name }: Division): boolean {
  if (sharedNames === undefined) {
    const seen = new Set<string>();
    const shared = new Set<string>();
    for (const county of divisionsInForce('COUNTY')) {
      const key = county.code.slice(0, 2) + county.name;
      if (seen.has(key)) shared.add(key);
      seen.add(key);
    }
    sharedNames = shared;
  }
  return sharedNames.has(code.slice(0, 2) + name);
}

/** The name as people say it: towns with their county (or city), counties with their city where there are two of the name. */
function placeName(division: Division): string {
  const { level, name, parentCode } = division;
  const parent = parentCode === null ? undefined : findDivision(parentCode);
  return parent !== undefined && (level === 'TOWN' || (level === 'COUNTY' && isShared(division))) ? placeName(parent) + name : name;
}

export const accepts = ({ slot, accepts: rule }: Pattern, divisionCode: string, draws: PlaceDraws): boolean =>
  typeof rule === 'boolean' ? rule : fraction(draws.value(divisionCode, slot, placeField.accepts)) < rule;
