export type DivisionLevel = 'PROVINCE' | 'CITY' | 'COUNTY' | 'TOWN';

/**
 * One version of an administrative division (行政区划).
 *
 * `code`: provinces, cities and counties carry the six digits of GB/T 2260 (`310000`, `320500`, `310118`), streets and
 * towns the nine digits of the statistical code (`310118102`). Shorter forms ("31", "3205") are no codes here.
 * `validFrom` is the first day in force (null: before the table's records), `validTo` the first day no longer in force
 * (null: still in force); both `YYYY-MM-DD`.
 */
export interface Division {
  readonly code: string;
  readonly name: string;
  readonly level: DivisionLevel;
  /** Code of the division above; null for a province. */
  readonly parentCode: string | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}
