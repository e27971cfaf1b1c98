import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import type { OrganizationLoaders } from '../organization/index.js';

/** The exchange is the province's: it is seen and kept at the organisation that none is above. @throws PlatformError FORBIDDEN */
export async function requireExchangeOffice(organizations: OrganizationLoaders, viewer: Viewer, act: 'SEE_EXCHANGE' | 'KEEP_EXCHANGE'): Promise<void> {
  const organization = await organizations.byId.load(requireOffice(viewer, act));
  if (organization?.parentId !== null) throw new PlatformError('FORBIDDEN');
}
