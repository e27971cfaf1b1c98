import type { PassRefusal } from '@delta/pass';
import { requireOwnViewer } from '../access/index.js';
import type { ProvinceContext } from '../server/context.js';
import { openPassChallenge, textOf, type OpenPassChallengeInput } from './openPassChallenge.js';
import { verifyPass, type PassCheck, type VerifyPassInput } from './verifyPass.js';

/** The catalogue's entry as the schema has it. */
export const refusalAnswer = ({ code, entry }: PassRefusal) => ({ code, number: entry.number, message: entry.message, messageZh: entry.zh, clerk: entry.clerk, clerkZh: entry.clerkZh });

const checkAnswer = (check: PassCheck) => ('refusal' in check
  ? { id: check.id, valid: false, refusal: refusalAnswer(check.refusal), checkedAt: check.checkedAt.toISOString() }
  : { ...check, valid: true, expiresAt: check.expiresAt.toISOString(), checkedAt: check.checkedAt.toISOString() });

export const passCheckMutations = {
  verifyPass: async (_: unknown, { input }: { input: VerifyPassInput }, context: ProvinceContext) =>
    ({ check: checkAnswer(await verifyPass(context.services, requireOwnViewer(context), context.trail.request, input)) }),
  openPassChallenge: async (_: unknown, { input }: { input: OpenPassChallengeInput }, context: ProvinceContext) => {
    const challenge = await openPassChallenge(context.services, requireOwnViewer(context), context.trail.request, input);
    return { challenge: { id: challenge.id, text: textOf(challenge), expiresAt: challenge.expiresAt.toISOString() } };
  },
};
