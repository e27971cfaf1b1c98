import { divisionTable } from './divisionTable.js';
import type { Division } from './types.js';

/** The divisions in force directly under a code, by code; empty for an unknown or lowest one. Towns are known for the zone's provinces only. */
export const childrenOf = (code: string): readonly Division[] => divisionTable().children.get(code) ?? [];
