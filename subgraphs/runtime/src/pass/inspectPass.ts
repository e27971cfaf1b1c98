import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { AuditedRequest } from '../audit/index.js';
import { changePass, type ChangeInput } from './changePass.js';
import { stateOf } from './rules.js';
import type { PassServices } from './services.js';
import { setInspected } from './store.js';
import type { InspectionResult, PassRecord } from './types.js';

export interface InspectPassInput extends ChangeInput { readonly result: InspectionResult }

/**
 * Records the yearly inspection: who, when, with what result. Nothing follows from it by itself; an office that means to end the pass does so.
 * @throws PlatformError PASS_REVOKED, PASS_NOT_ENROLLED, and those of changePass
 */
export const inspectPass = (services: PassServices, viewer: Viewer, request: AuditedRequest, input: InspectPassInput): Promise<PassRecord> =>
  changePass(services, viewer, request, input, {
    act: 'INSPECTED', reason: input.result,
    async apply(within, pass, at) {
      const state = stateOf(pass, at);
      if (state === 'REVOKED') throw new PlatformError('PASS_REVOKED');
      if (state === 'AWAITING_ENROLMENT' || state === 'LAPSED') throw new PlatformError('PASS_NOT_ENROLLED');
      await setInspected(within, pass.id, input.result, at);
    },
  });
