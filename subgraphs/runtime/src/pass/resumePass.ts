import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { AuditedRequest } from '../audit/index.js';
import { changePass, type ChangeInput } from './changePass.js';
import { mayBecome } from './rules.js';
import type { PassServices } from './services.js';
import { setState } from './store.js';
import type { PassRecord } from './types.js';

/** Ends a suspension. @throws PlatformError PASS_NOT_SUSPENDED, PASS_REVOKED, PASS_EXPIRED, PASS_NOT_ENROLLED, and those of changePass */
export const resumePass = (services: PassServices, viewer: Viewer, request: AuditedRequest, input: ChangeInput): Promise<PassRecord> =>
  changePass(services, viewer, request, input, {
    act: 'RESUMED', reason: null,
    async apply(within, pass, at) {
      const refusal = mayBecome(pass, 'VALID', at);
      if (refusal) throw new PlatformError(refusal);
      await setState(within, pass.id, 'VALID', null, at);
    },
  });
