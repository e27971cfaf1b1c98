import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice, requireOwnViewer } from '../access/index.js';
import type { AuditedRequest } from '../audit/index.js';
import type { ProvinceContext } from '../server/context.js';
import { enrolPass, type EnrolPassInput } from './enrolPass.js';
import { inspectPass, type InspectPassInput } from './inspectPass.js';
import { issuePass, type IssuePassInput } from './issuePass.js';
import { passPage, type PassPageArguments } from './passPage.js';
import { printPass, type PrintPassInput } from './printPass.js';
import { renewalChallenge, renewPass, type RenewPassInput } from './renewPass.js';
import { resumePass } from './resumePass.js';
import { revokePass, type RevokePassInput } from './revokePass.js';
import { inspectionDue, isOverdue, stateOf } from './rules.js';
import { suspendPass, type SuspendPassInput } from './suspendPass.js';
import type { PassServices } from './services.js';
import type { PassRecord } from './types.js';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @param memberOf the member as the policy shows it to this viewer, or null */
export const passResolvers = (memberOf: (memberId: string, context: ProvinceContext) => Promise<unknown>) => ({
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<PassRecord> => {
    requireOffice(requireOwnViewer(context), 'KEEP_PASSES');
    const found = await context.passes.own.load(requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  state: (pass: PassRecord, _: unknown, { services }: ProvinceContext) => stateOf(pass, services.now()),
  issuedAt: ({ issuedAt }: PassRecord) => iso(issuedAt),
  enrolBefore: ({ codeUntil }: PassRecord) => iso(codeUntil),
  enrolledAt: ({ enrolledAt }: PassRecord) => iso(enrolledAt),
  expiresAt: ({ expiresAt }: PassRecord) => iso(expiresAt),
  suspendedAt: ({ suspendedAt }: PassRecord) => iso(suspendedAt),
  revokedAt: ({ revokedAt }: PassRecord) => iso(revokedAt),
  inspectedAt: ({ inspectedAt }: PassRecord) => iso(inspectedAt),
  inspectionDue: (pass: PassRecord) => iso(inspectionDue(pass)),
  inspectionOverdue: (pass: PassRecord, _: unknown, { services }: ProvinceContext) => isOverdue(pass, services.now()),
  member: ({ memberId }: PassRecord, _: unknown, context: ProvinceContext) => memberOf(memberId, context),
  organization: ({ organizationId }: PassRecord, _: unknown, { organizations }: ProvinceContext) => organizations.byId.load(organizationId),
  office: ({ officeId }: PassRecord, _: unknown, { organizations }: ProvinceContext) => organizations.byId.load(officeId),
});

/** Fields that the concept gives to `Province`. */
export const passQueries = {
  passes: (_: unknown, args: PassPageArguments, context: ProvinceContext) => passPage(context.services, requireOwnViewer(context), args),
  passRenewalChallenge: (_: unknown, _args: unknown, { services }: ProvinceContext) => renewalChallenge(services),
};

/** An office's act on a pass that there is. */
const changes = <Input>(verb: (services: PassServices, viewer: Viewer, request: AuditedRequest, input: Input) => Promise<PassRecord>) =>
  async (_: unknown, { input }: { input: Input }, context: ProvinceContext) => ({ pass: await verb(context.services, requireOwnViewer(context), context.trail.request, input) });

const departedFrom = ({ transfers }: ProvinceContext) => (memberId: string) => transfers.departedFrom.load(memberId);

const enrolled = ({ expiresAt, ...rest }: Awaited<ReturnType<typeof enrolPass>>) => ({ ...rest, expiresAt: expiresAt.toISOString() });

export const passMutations = {
  issuePass: async (_: unknown, { input }: { input: IssuePassInput }, context: ProvinceContext) =>
    issuePass(context.services, requireOwnViewer(context), context.trail.request, input, departedFrom(context)),
  printPass: async (_: unknown, { input }: { input: PrintPassInput }, context: ProvinceContext) => {
    const { pass, sheet } = await printPass(context.services, requireOwnViewer(context), context.trail.request, input, departedFrom(context));
    return { pass, text: sheet?.text ?? null, pdf: sheet === null ? null : Buffer.from(sheet.pdf).toString('base64') };
  },
  enrolPass: async (_: unknown, { input }: { input: EnrolPassInput }, context: ProvinceContext) => enrolled(await enrolPass(context.services, context.trail.request, input)),
  renewPass: async (_: unknown, { input }: { input: RenewPassInput }, context: ProvinceContext) => enrolled(await renewPass(context.services, context.trail.request, input)),
  suspendPass: changes<SuspendPassInput>(suspendPass),
  resumePass: changes(resumePass),
  revokePass: changes<RevokePassInput>(revokePass),
  inspectPass: changes<InspectPassInput>(inspectPass),
};
