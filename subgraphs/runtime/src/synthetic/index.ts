export { anchorsOf, type Anchors } from './anchorsOf.js';
export { checkSyntheticConfig } from './checkSyntheticConfig.js';
export { idNumberCapacity } from './idNumberPlan.js';
export { manifest, syntheticVersion, type Manifest } from './manifest.js';
export { syntheticMember, syntheticMembers } from './syntheticMembers.js';
export { syntheticOrganizations } from './syntheticOrganizations.js';
export { syntheticStations } from './syntheticStations.js';
export type * from './types.js';
