import { provinceByCode, provinceBySlug } from '@delta/schema/provinces';
import type { ParkedPosition } from './types.js';

/** How the contract names a peer: a province by its code, everybody else as the exchange does. */
export const codeOf = (peer: string): string => provinceBySlug(peer)?.code ?? peer;

/** The reverse of `codeOf`; what is no peer's code is nobody's name. */
export const peerNamed = (code: string): string => provinceByCode(code)?.slug ?? (provinceBySlug(code) ? '' : code);

export const positionOf = ({ peer, seq }: ParkedPosition): string => `${peer}/${seq}`;

/** The reverse of `positionOf`; the cursor's own signature vouches for the form. */
export function positionFrom(text: string | null): ParkedPosition | null {
  const [peer, seq] = text?.split('/') ?? [];
  return peer !== undefined && seq !== undefined ? { peer, seq: Number(seq) } : null;
}
