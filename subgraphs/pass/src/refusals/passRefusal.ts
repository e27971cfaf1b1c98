import { refusalCatalogue, type RefusalCode, type RefusalEntry } from './refusalCatalogue.js';

/** What was being read when it was refused. */
export type Part = 'credential' | 'proof' | 'trustList' | 'statusList' | 'knownIssued' | 'stationRecord' | 'challenge' | 'station';

/** The one error that leaves this package for any input: a code of the catalogue, and the part that it is about. */
export class PassRefusal extends Error {
  override readonly name = 'PassRefusal';

  constructor(readonly code: RefusalCode, readonly part: Part) { super(refusalCatalogue[code].message); }

  get entry(): RefusalEntry { return refusalCatalogue[this.code]; }
}

export function refuse(code: RefusalCode, part: Part): never {
  throw new PassRefusal(code, part);
}
