import { createHash } from 'node:crypto';
import { PassRefusal, type ValidPass } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { opensMaskedName, requireOffice } from '../access/index.js';
import { recordEntries, type AuditEntry, type AuditedRequest } from '../audit/index.js';
import type { Transaction } from '../db/database.js';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { claimShown } from './claimShown.js';
import { judgePass, type Judged, type Shown } from './judgePass.js';
import { toChallenge } from './openPassChallenge.js';
import { requireChallenge } from './requireChallenge.js';
import { checkActivity } from './rules.js';
import { findCheckByKey, insertCheck, type CheckRecord } from './store.js';
import type { ChallengeRecord } from './types.js';

export interface VerifyPassInput {
  readonly text: string;
  readonly stationId?: string | null;
  readonly activity?: string | null;
  readonly session?: string | null;
  readonly risk?: 'LOW' | 'HIGH' | null;
  readonly challengeId?: string | null;
  readonly purpose?: string | null;
  readonly clientKey: string;
}

export type PassCheck = { readonly id: string; readonly checkedAt: Date } & (
  | { readonly refusal: PassRefusal }
  | Omit<CheckRecord, 'id' | 'checkedAt'> & { readonly maskedName: string | null });

type Services = Pick<ProvinceServices, 'entry' | 'db' | 'now' | 'passChecking'>;

/** The audit's row of a check: that a pass was judged and how, never whose it is. */
export const checkEntry = (id: string, purpose: string | null, reason: string, fields: readonly string[] = []): AuditEntry => ({ kind: 'PASS_CHECK', memberId: null, purpose, reference: id, fields, reason });

/**
 * Judges a code that a station or another system scanned, and counts its use if an activity is named. The answer admits nobody: a
 * person does.
 *
 * 1. Role, form of the input, the limit; station and challenge, which must be the viewer's organisation's.
 * 2. The code itself, by the newest lists (judgePass): no transaction is open.
 * 3. In one transaction: what it uses up, the check, its audit row. Two that show the same at once: one is valid.
 *
 * The same client key with the same input repeats a valid check; a refused one used nothing up and is judged anew.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, ACTIVITY_INVALID, VERIFY_LIMIT, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND,
 * OUT_OF_SCOPE, CLIENT_KEY_REUSED, PASS_LISTS_MISSING
 */
export async function verifyPass(services: Services, viewer: Viewer, request: AuditedRequest, input: VerifyPassInput): Promise<PassCheck> {
  const { entry, db, passChecking } = services;
  const organizationId = requireOffice(viewer, 'VERIFY_PASS');
  const clientKey = requireClientKey(input.clientKey);
  const [activity, session] = [checkActivity(input.activity), checkActivity(input.session)];
  await passChecking.charge(viewer);
  const challenge = input.challengeId ? await requireChallenge(services, organizationId, input.challengeId) : undefined;
  if (input.stationId && input.stationId !== challenge?.stationId) await requireStation(db, entry.code, organizationId, input.stationId);
  const shown: Shown = {
    risk: input.risk === 'HIGH' ? 'high' : 'low', ...(activity === undefined ? {} : { activity }), ...(session === undefined ? {} : { session }),
    ...(challenge ? { challenge: toChallenge(challenge) } : {}),
  };
  const at = services.now();
  const digest = digestOf(input);
  const namedFor = (pass: ValidPass): string | null => (pass.maskedName !== undefined && input.purpose && opensMaskedName(viewer.role, input.purpose) ? pass.maskedName : null);
  const repeated = async (within: Pick<Transaction, 'query' | 'read'>, judged: () => Promise<Judged>): Promise<PassCheck | undefined> => {
    const before = await findCheckByKey(within, viewer, clientKey);
    if (!before) return undefined;
    const { input: asked, ...record } = before;
    if (!asked.equals(digest)) throw new PlatformError('CLIENT_KEY_REUSED');
    // The name was not kept: it is read off the code again, while that is valid.
    const outcome = record.class === 'PAPER' ? (await judged()).outcome : undefined;
    return { ...record, maskedName: outcome?.valid ? namedFor(outcome) : null };
  };
  const judge = (): Promise<Judged> => judgePass(passChecking.lists, input.text, shown, at.getTime() / 1000);
  const before = await repeated(db, judge);
  if (before) return before;

  const judged = elsewhere(input, challenge) ?? await judge();
  const { outcome, claims } = judged;
  const id = `${entry.code}-${uuidv7()}`;
  const refused = async (within: Pick<Transaction, 'query' | 'read'>, refusal: PassRefusal): Promise<PassCheck> => {
    await recordEntries(within, request, [checkEntry(id, input.purpose ?? null, refusal.code)], at);
    return { id, checkedAt: at, refusal };
  };
  if (!outcome.valid) return refused(db, outcome.refusal);
  const check = await db.transaction(async (within) => {
    const refusal = await claimShown(within, claims, challenge?.id, at);
    // Refused by one's own act, sent twice: then this is its answer too.
    if (refusal) return await repeated(within, async () => judged) ?? refused(within, refusal);
    const record: CheckRecord = {
      id, class: outcome.class === 'paper' ? 'PAPER' : 'PHONE', issuer: outcome.issuer, freshness: outcome.freshness === 'stale' ? 'STALE' : 'CURRENT',
      expiresAt: new Date(outcome.expires * 1000), checkedAt: at,
    };
    if (!(await insertCheck(within, record, viewer, clientKey, digest))) {
      const same = await repeated(within, async () => judged);
      if (same && claims.proof === undefined && claims.use === undefined) return same;
      throw new PlatformError('CLIENT_KEY_REUSED');
    }
    const maskedName = namedFor(outcome);
    await recordEntries(within, request, [checkEntry(id, input.purpose ?? null, 'VALID', maskedName === null ? [] : ['maskedName'])], at);
    return { ...record, maskedName };
  });
  return check;
}

/** A code cannot be scanned at one station as the answer to what another shows. */
const elsewhere = ({ stationId }: VerifyPassInput, challenge: ChallengeRecord | undefined): Judged | undefined =>
  (stationId && challenge && stationId !== challenge.stationId ? { outcome: { valid: false, refusal: new PassRefusal('PROOF_ELSEWHERE', 'proof') }, claims: {} } : undefined);

/** What tells one act from another under the same key; the text itself is kept nowhere. */
const digestOf = ({ text, stationId, activity, session, risk, challengeId, purpose }: VerifyPassInput): Buffer =>
  createHash('sha256').update(JSON.stringify([text, stationId ?? null, activity ?? null, session ?? null, risk ?? null, challengeId ?? null, purpose ?? null])).digest();
