export { childrenOf } from './childrenOf.js';
export { dataFile, dataRows } from './dataFile.js';
export { divisionsInForce } from './divisionsInForce.js';
export { findDivision } from './findDivision.js';
export { fullName } from './fullName.js';
export { isKnownDivision } from './isKnownDivision.js';
export { isWithin } from './isWithin.js';
export type { Division, DivisionLevel } from './types.js';
