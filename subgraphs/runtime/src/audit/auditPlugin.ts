import type { ApolloServerPlugin } from '@apollo/server';
import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import type { AuditTrail } from './trail.js';

/** Commits the trail of each request before its answer leaves; what cannot be recorded is not disclosed. */
export const auditPlugin = <C extends { readonly trail: AuditTrail }>(db: Queryable, now: () => Date): ApolloServerPlugin<C> => ({
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        try {
          await contextValue.trail.commit(db, now());
        } catch {
          const { message, extensions } = new PlatformError('AUDIT_UNAVAILABLE');
          response.body = { kind: 'single', singleResult: { data: null, errors: [{ message, extensions }] } };
        }
      },
    };
  },
});
