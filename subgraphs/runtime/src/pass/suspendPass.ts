import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { AuditedRequest } from '../audit/index.js';
import { changePass, type ChangeInput } from './changePass.js';
import { mayBecome } from './rules.js';
import type { PassServices } from './services.js';
import { setState } from './store.js';
import type { PassRecord, SuspendReason } from './types.js';

export interface SuspendPassInput extends ChangeInput { readonly reason: SuspendReason }

/** Holds a pass back until it is resumed; stations refuse it from their next list on. @throws PlatformError PASS_SUSPENDED, PASS_REVOKED, PASS_EXPIRED, PASS_NOT_ENROLLED, and those of changePass */
export const suspendPass = (services: PassServices, viewer: Viewer, request: AuditedRequest, input: SuspendPassInput): Promise<PassRecord> =>
  changePass(services, viewer, request, input, {
    act: 'SUSPENDED', reason: input.reason,
    async apply(within, pass, at) {
      const refusal = mayBecome(pass, 'SUSPENDED', at);
      if (refusal) throw new PlatformError(refusal);
      await setState(within, pass.id, 'SUSPENDED', input.reason, at);
    },
  });
