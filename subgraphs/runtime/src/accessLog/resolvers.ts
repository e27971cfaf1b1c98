import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { ProvinceContext } from '../server/context.js';
import { fieldsOf, outcomeOf, purposeOf } from './rules.js';
import type { AccessLogRecord } from './types.js';

export const accessLogResolvers = {
  /** The member's own entry; any other is not to be found. */
  __resolveReference: async ({ id }: { id: string }, { accessLog, services, trail, viewer }: ProvinceContext): Promise<AccessLogRecord> => {
    const found = await accessLog.ownById.load(requireIdOf(services.entry.code, id).slice(3));
    if (!found) throw new PlatformError('NOT_FOUND');
    trail.add({ kind: 'DISCLOSURE', memberId: viewer!.member, purpose: 'OWN_RECORD', reference: null, fields: ['accessLog'] });
    return found;
  },
  id: ({ id }: AccessLogRecord, _: unknown, { services }: ProvinceContext) => `${services.entry.code}-${id}`,
  at: ({ at }: AccessLogRecord) => new Date(at).toISOString(),
  outcome: outcomeOf,
  role: ({ role }: AccessLogRecord) => role?.toUpperCase() ?? null,
  purpose: purposeOf,
  fields: fieldsOf,
  provinceCode: ({ province }: AccessLogRecord) => province,
  organizationId: ({ organization }: AccessLogRecord) => organization,
};
