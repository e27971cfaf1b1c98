import { PlatformError } from '@delta/schema/errors';
import { sameViewer, type Viewer } from '@delta/schema/viewer';
import { createAccessLogLoaders, type AccessLogLoaders } from '../accessLog/index.js';
import { createHeldRelations, type HeldRelations } from '../access/index.js';
import { recordEntries, type AuditTrail } from '../audit/index.js';
import { createCaseLoaders, type CaseLoaders } from '../case/index.js';
import { createMemberLoaders, type MemberLoaders } from '../member/index.js';
import { createOrganizationLoaders, type OrganizationLoaders } from '../organization/index.js';
import { createPassLoaders, type PassLoaders } from '../pass/index.js';
import { createStationLoaders, type StationLoaders } from '../station/index.js';
import { createTransferLoaders, type TransferLoaders } from '../transfer/index.js';
import type { Guards } from './guards.js';
import { recordedRelations } from './recordedRelations.js';
import type { ProvinceServices } from './services.js';

/** One request in a province: who asks, what it may use, and what it has disclosed so far. */
export interface ProvinceContext {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly services: ProvinceServices;
  readonly trail: AuditTrail;
  readonly organizations: OrganizationLoaders;
  readonly stations: StationLoaders;
  readonly members: MemberLoaders;
  readonly relations: HeldRelations;
  readonly cases: CaseLoaders;
  readonly accessLog: AccessLogLoaders;
  readonly transfers: TransferLoaders;
  readonly passes: PassLoaders;
}

export interface SignedRequest { readonly viewer: Viewer | null; readonly requestId: string; readonly nonce?: string; readonly bearer?: string }

/**
 * The gateway says who asks; for its own viewers the province has seen the token itself, so that a rogue gateway cannot
 * speak in their name here.
 *
 * @param verifyBearer checks a token against the province's own issuer
 * @throws PlatformError CONTEXT_REFUSED, and those of the bearer verifier
 */
export const contextOf = (services: ProvinceServices, verifyBearer: (token: string) => Promise<Viewer>, trailOf: Guards['trail']) =>
  async ({ viewer, requestId, nonce, bearer }: SignedRequest): Promise<ProvinceContext> => {
    if (viewer?.province === services.entry.code) {
      if (bearer === undefined || !sameViewer(await verifyBearer(bearer), viewer)) {
        const trail = trailOf({ viewer, requestId });
        trail.refused('CONTEXT_REFUSED');
        await trail.commit((...recording) => recordEntries(services.db, ...recording), services.now());
        throw new PlatformError('CONTEXT_REFUSED');
      }
    }
    return {
      viewer, requestId, services,
      trail: trailOf({ viewer, requestId, ...(nonce === undefined ? {} : { nonce }) }),
      organizations: createOrganizationLoaders(services.db),
      stations: createStationLoaders(services.db),
      members: createMemberLoaders(services.db),
      relations: createHeldRelations(services.db, viewer, recordedRelations),
      cases: createCaseLoaders(services.db, viewer),
      accessLog: createAccessLogLoaders(services.db, services.entry.code, viewer),
      transfers: createTransferLoaders(services.db, viewer),
      passes: createPassLoaders(services.db, viewer),
    };
  };
