import { Directory1764000000001 } from './0001_directory.js';
import { Audit1764000000002 } from './0002_audit.js';
import { Relay1764000000003 } from './0003_relay.js';
import { Exchange1764000000004 } from './0004_exchange.js';
import { Moves1764000000005 } from './0005_moves.js';
import { Recovery1764000000006 } from './0006_recovery.js';
import { ExchangeLease1764000000008 } from './0008_exchangeLease.js';
import { TrustList1764000000009 } from './0009_trustList.js';
import { LeanOutbox1764000000010 } from './0010_leanOutbox.js';

/** Append-only: a new migration is added below, none is changed. */
export const zoneMigrations = [Directory1764000000001, Audit1764000000002, Relay1764000000003, Exchange1764000000004, Moves1764000000005,
  Recovery1764000000006, ExchangeLease1764000000008, TrustList1764000000009, LeanOutbox1764000000010];
