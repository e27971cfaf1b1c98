import type { ApolloServerPlugin } from '@apollo/server';
import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { recordTogether } from './recordTogether.js';
import type { AuditTrail } from './trail.js';

/**
 * Commits the trail of each request before its answer leaves, with the refusals that the answer speaks of. What cannot be
 * recorded is not disclosed, and neither is what a replayed request asked for.
 */
export function auditPlugin<C extends { readonly trail: AuditTrail }>(db: Queryable, now: () => Date): ApolloServerPlugin<C> {
  let served = 0;
  const record = recordTogether(db, () => served);
  return {
    async requestDidStart() {
      served += 1;
      return {
        async willSendResponse({ contextValue: { trail }, response }) {
          const answer = response.body.kind === 'single' ? response.body.singleResult : response.body.initialResult;
          try {
            if (answer.errors) trail.refusedBy(answer.errors.map(({ extensions }) => extensions?.['code']));
            await trail.commit(record, now());
          } catch (error) {
            const replayed = error instanceof PlatformError && error.code === 'CONTEXT_REFUSED';
            const { message, extensions } = replayed ? error : new PlatformError('AUDIT_UNAVAILABLE');
            response.body = { kind: 'single', singleResult: { data: null, errors: [{ message, extensions }] } };
          } finally {
            served -= 1;
          }
        },
      };
    },
  };
}
