import type { AuditedRequest } from '../audit/index.js';
import { discardParked, replayParked, type Settled } from '../exchange/index.js';
import type { ProvinceServices } from '../server/services.js';
import { recordAct } from './recordAct.js';
import { requireReason } from './requireReason.js';
import { peerNamed } from './rules.js';

export interface SettleParkedInput { readonly peer: string; readonly seq: number; readonly reason: string }

/**
 * Tries a parked event and those behind it again, and records that and why in the same transaction; also when nothing came of it.
 * @throws PlatformError REASON_INVALID, NOT_FOUND (nothing is parked there, or not any more)
 */
export function replayParkedEvent(services: ProvinceServices, request: AuditedRequest, { peer: code, seq, reason: text }: SettleParkedInput): Promise<Settled> {
  const [peer, reason] = [peerNamed(code), requireReason(text)];
  return replayParked(services.exchange.services, peer, seq, (within, settled) => recordAct(services, within, request, { act: 'REPLAYED', peer, seq, reason, ...settled }));
}

/**
 * Gives a parked event up, tries those behind it, and records that and why in the same transaction.
 * @throws PlatformError REASON_INVALID, NOT_FOUND
 */
export function discardParkedEvent(services: ProvinceServices, request: AuditedRequest, { peer: code, seq, reason: text }: SettleParkedInput): Promise<Settled> {
  const [peer, reason] = [peerNamed(code), requireReason(text)];
  return discardParked(services.exchange.services, peer, seq, reason, (within, settled) => recordAct(services, within, request, { act: 'DISCARDED', peer, seq, reason, ...settled }));
}
