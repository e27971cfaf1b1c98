import { provinceByCode, type ProvinceEntry } from '@delta/schema/provinces';
import type { OwnEvents } from '../exchange/index.js';
import type { OwnMemberField } from '../member/index.js';
import type { SyntheticConfig } from '../synthetic/index.js';

/** All that makes one province: its entry in the registry, its demonstration data, and fields of its own. */
export interface ProvinceDefinition {
  readonly entry: ProvinceEntry;
  readonly synthetic: SyntheticConfig;
  /** SDL and member fields that this province adds to its own types, and kinds of events that it exchanges with some of its peers. */
  readonly extension?: { readonly sdl: string; readonly memberFields: readonly OwnMemberField[]; readonly events?: OwnEvents };
}

/** @param code GB/T 2260 code, which must be in the registry */
export function defineProvince(code: string, rest: Omit<ProvinceDefinition, 'entry'>): ProvinceDefinition {
  const entry = provinceByCode(code);
  if (!entry) throw new Error(`no province ${code} in the registry`);
  return { entry, ...rest };
}
