import { divisionTable } from './divisionTable.js';

/** True for a code that is or ever was allotted as far as the table knows. Ask `findDivision(code, day)` for "in force". */
export const isKnownDivision = (code: string): boolean => divisionTable().versions.has(code);
