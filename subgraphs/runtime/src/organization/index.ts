export { organizationEntity } from './entity.js';
export { createOrganizationLoaders, type OrganizationLoaders } from './loaders.js';
export { organizationQueries, organizationResolvers } from './resolvers.js';
export { divisionPrefix, requireDivision } from './rules.js';
export { organizationColumns, organizationRow } from './store.js';
export type { OrganizationRecord } from './types.js';
