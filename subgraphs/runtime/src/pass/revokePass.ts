import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { AuditedRequest } from '../audit/index.js';
import { changePass, type ChangeInput } from './changePass.js';
import { revoke } from './revoke.js';
import { mayBecome } from './rules.js';
import type { PassServices } from './services.js';
import type { PassRecord, Revocation } from './types.js';

export interface RevokePassInput extends ChangeInput { readonly reason: Revocation }

/** Ends a pass for good, also one that waits for its phone, whose code is worth nothing then. @throws PlatformError PASS_REVOKED, and those of changePass */
export const revokePass = (services: PassServices, viewer: Viewer, request: AuditedRequest, input: RevokePassInput): Promise<PassRecord> =>
  changePass(services, viewer, request, input, {
    act: 'REVOKED', reason: input.reason,
    async apply(within, pass, at) {
      const refusal = mayBecome(pass, 'REVOKED', at);
      if (refusal) throw new PlatformError(refusal);
      await revoke(services, within, [pass.id], input.reason, at);
    },
  });
