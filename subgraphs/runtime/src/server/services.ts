import type { Root } from '@delta/pass';
import type { ProvinceEntry } from '@delta/schema/provinces';
import type { Signer, Trust } from '@delta/service/keys';
import type { PairMessages } from '@delta/service/pairMessage';
import type { Envelope } from '../crypto/envelope.js';
import type { Joined } from '../exchange/index.js';
import type { Database } from '../db/database.js';
import type { Limits } from '../lookup/index.js';
import type { PassIssuing } from '../pass/index.js';
import type { CodeHasher } from '../oneTimeCode/index.js';
import type { Cursors } from '../page/index.js';
import type { PassChecking } from '../passCheck/index.js';
import type { MemberStatistics } from '../statistics/index.js';

/** What a province's resolvers work with: made once at start, handed in, never looked up. */
export interface ProvinceServices {
  readonly entry: ProvinceEntry;
  readonly db: Database;
  readonly signer: Signer;
  readonly trust: Trust;
  readonly messages: PairMessages;
  readonly cursors: Cursors;
  readonly envelope: Envelope;
  /** Blind index of an ID number, see crypto/blindIndex. */
  readonly blindIndex: (idNumber: string) => string;
  readonly limits: Limits;
  /** By what passes are judged, and whose the province's own are. */
  readonly passChecking: PassChecking;
  /** How long a case lasts unless it is closed. */
  readonly caseLifeMs: number;
  /** How many members there are, as far as it names nobody; counted at most once a minute. */
  readonly memberStatistics: () => Promise<MemberStatistics>;
  /** The province's part in the exchange. */
  readonly exchange: Pick<Joined, 'peers' | 'services' | 'tell' | 'knows'>;
  /** One-time codes as they are kept. */
  readonly codes: CodeHasher;
  /** What passes are issued with. */
  readonly passes: PassIssuing;
  /** The provinces' roots as this province pins them; undefined where none are configured. */
  readonly passRoots: readonly Root[] | undefined;
  readonly mode: 'demo' | 'production';
  readonly now: () => Date;
}
