import type { AuditedRequest } from '../audit/index.js';
import { reopenStream, type Reopened } from '../exchange/index.js';
import type { ProvinceServices } from '../server/services.js';
import { recordAct } from './recordAct.js';
import { requireReason } from './requireReason.js';
import { peerNamed } from './rules.js';

export interface ReopenStreamInput { readonly peer: string; readonly reason: string; readonly acceptLoss?: boolean | null }

/**
 * Goes on with a halted stream, and records that and why in the same transaction; a loss by its own word.
 * @throws PlatformError REASON_INVALID, NOT_FOUND, STREAM_NOT_HALTED, EXCHANGE_TRIMMED, PEER_UNAVAILABLE
 */
export function reopenPeerStream(services: ProvinceServices, request: AuditedRequest, { peer: code, reason: text, acceptLoss }: ReopenStreamInput): Promise<Reopened> {
  const [peer, reason] = [peerNamed(code), requireReason(text)];
  return reopenStream(services.exchange.services, peer, acceptLoss ?? false, (within, reopened) =>
    recordAct(services, within, request, { act: reopened.lost > 0 ? 'LOSS_ACCEPTED' : 'REOPENED', peer, seq: null, reason, ...reopened }));
}
