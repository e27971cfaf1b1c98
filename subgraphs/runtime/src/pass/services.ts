import type { ProvinceServices } from '../server/services.js';
import type { PassKeys } from './passKeys.js';

/** Makes the sheet of paper: a PDF. `expires` in seconds, `passId` in hexadecimal. */
export type PaperRenderer = (sheet: { readonly text: string; readonly maskedName: string; readonly issuerName: string; readonly expires: number; readonly passId: string }) => Promise<Uint8Array>;

/** What passes are signed with. */
export interface PassSigning {
  /** Undefined where no key file is configured: then nothing is issued. */
  readonly keys: PassKeys | undefined;
  /** Places in the status list of a key. */
  readonly places: number;
}

/** What a province issues passes with. */
export interface PassIssuing extends PassSigning {
  readonly paper: PaperRenderer;
  /** Nonces of challenges to a phone that renews, by their step; the same in every replica. */
  readonly challengeKeys: () => readonly Buffer[];
}

export type PassServices = Pick<ProvinceServices, 'db' | 'entry' | 'now' | 'passes' | 'codes'> & { readonly exchange: Pick<ProvinceServices['exchange'], 'peers' | 'tell'> };

/** For whoever has the database and the keys alone: batches, and lists. */
export type SigningServices = Pick<PassServices, 'db' | 'entry' | 'now'> & { readonly passes: PassSigning };
