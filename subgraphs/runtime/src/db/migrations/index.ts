import { Records1764000000001 } from './0001_records.js';
import { Acts1764000000002 } from './0002_acts.js';
import { Cases1764000000003 } from './0003_cases.js';
import { Keys1764000000005 } from './0005_keys.js';
import { Audit1764000000004 } from './0004_audit.js';
import { Notices1764000000006 } from './0006_notices.js';
import { Exchange1764000000007 } from './0007_exchange.js';
import { Moves1764000000008 } from './0008_moves.js';
import { Recovery1764000000009 } from './0009_recovery.js';
import { ExchangeActs1764000000010 } from './0010_exchangeActs.js';
import { ExchangeLease1764000000011 } from './0011_exchangeLease.js';
import { Passes1764000000012 } from './0012_passes.js';
import { PassTrust1764000000013 } from './0013_passTrust.js';
import { PassCheck1764000000014 } from './0014_passCheck.js';
import { LeanOutbox1764000000015 } from './0015_leanOutbox.js';
import { EndedPlaces1764000000016 } from './0016_endedPlaces.js';

/** Append-only: a new migration is added below, none is changed. */
export const provinceMigrations = [Records1764000000001, Acts1764000000002, Cases1764000000003, Keys1764000000005, Audit1764000000004, Notices1764000000006, Exchange1764000000007,
  Moves1764000000008, Recovery1764000000009, ExchangeActs1764000000010, ExchangeLease1764000000011,
  Passes1764000000012, PassTrust1764000000013, PassCheck1764000000014, LeanOutbox1764000000015, EndedPlaces1764000000016];
