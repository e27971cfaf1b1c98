import { Records1764000000001 } from './0001_records.js';
import { Acts1764000000002 } from './0002_acts.js';
import { Notices1764000000006 } from './0006_notices.js';

/** Append-only: a new migration is added below, none is changed. */
export const provinceMigrations = [Records1764000000001, Acts1764000000002, Notices1764000000006];
