import { provinceByCode } from '@delta/schema/provinces';
import { findDivision, isWithin } from '../division/index.js';
import { isTown } from './places.js';
import type { SyntheticConfig } from './types.js';

/**
 * Refuses a configuration that could not be derived from, before a row is made of it.
 * @throws RangeError naming what is wrong
 */
export function checkSyntheticConfig({ code, region, seed, externalShare, anchors }: SyntheticConfig): void {
  const refuse = (what: string): never => {
    throw new RangeError(`Synthetic data of province ${code}: ${what}`);
  };
  if (findDivision(`${code}0000`)?.level !== 'PROVINCE') refuse('code is no province of GB/T 2260.');
  if (region !== `${code}9999`) refuse(`region must be ${code}9999, where numbers can belong to nobody.`);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0x7fff_ffff) refuse('seed must be an integer from 0 to 2147483647.');
  if (!(externalShare >= 0 && externalShare <= 1)) refuse('externalShare must lie between 0 and 1.');
  for (const town of [anchors.town, anchors.elsewhere]) {
    const division = findDivision(town);
    if (division === undefined || !isTown(division) || division.validTo !== null || !isWithin(town, `${code}0000`)) refuse(`${town} is no street or town of it.`);
  }
  if (findDivision(anchors.town)?.parentCode === findDivision(anchors.elsewhere)?.parentCode) refuse('anchors.elsewhere must lie in another county than anchors.town.');
  if (findDivision(findDivision(anchors.town)!.parentCode!)?.level !== 'COUNTY') refuse('anchors.town must lie in a county.');
  if (anchors.externalHome !== undefined && (findDivision(anchors.externalHome) === undefined || provinceByCode(anchors.externalHome.slice(0, 2)))) {
    refuse(`${anchors.externalHome} is no division outside the zone.`);
  }
}
