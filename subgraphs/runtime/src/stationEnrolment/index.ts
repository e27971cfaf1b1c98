export { stationEnrolmentMutations } from './resolvers.js';
export { findStationKey, findStationKeyByKid } from './store.js';
export type { StationKeyRecord } from './types.js';
