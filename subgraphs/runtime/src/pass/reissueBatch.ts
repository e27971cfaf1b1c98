import { v7 as uuidv7 } from 'uuid';
import { recordEntries } from '../audit/index.js';
import type { SigningServices } from './services.js';
import { signBatch, signingNow } from './signBatch.js';
import { lockToReissue, setExpiries } from './store.js';

export interface BatchReissue {
  /** The key whose passes are signed anew, in hexadecimal: one that was compromised, or is to be put out of use. */
  readonly kid: string;
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/**
 * Signs the phones' passes of a key anew under the key in use, for the same phones. Each phone gets its own when it renews next; until then the
 * one that it has is taken, by the known-issued list where its key is compromised. Sheets of paper are printed anew (issueBatch).
 * Yields how many each page was; started again it goes on where it was.
 * @throws PlatformError PASS_KEYS_MISSING, PASS_LIST_FULL
 */
export async function* reissueBatch(services: SigningServices, { kid, pageSize = 500, signal }: BatchReissue): AsyncGenerator<number> {
  const { db, now } = services;
  const requestId = uuidv7();
  for (let after: string | null = null; signal?.aborted !== true;) {
    const page: { signed: number; last: string | undefined } = await db.transaction(async (within) => {
      const at = now();
      const signing = await signingNow(services, 'PHONE', at);
      if (signing.key.kid === kid) return { signed: 0, last: undefined };
      const { passes, last } = await lockToReissue(within, kid, signing.key.kid, at, after, pageSize);
      if (passes.length === 0) return { signed: 0, last };
      await signBatch(services, within, signing, passes);
      await setExpiries(within, passes.map(({ id }) => id), new Date(signing.expires * 1000));
      await recordEntries(within, { requestId, viewer: null }, passes.map(({ id, memberId }) => ({ kind: 'PASS', memberId, purpose: 'OWN_WORK', reference: id, fields: [], reason: 'REISSUED' })), at);
      return { signed: passes.length, last };
    });
    if (page.last === undefined) return;
    after = page.last;
    if (page.signed > 0) yield page.signed;
  }
}
