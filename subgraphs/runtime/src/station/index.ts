export { stationEntity } from './entity.js';
export { createStationLoaders, type StationLoaders } from './loaders.js';
export { requireStation } from './requireStation.js';
export { stationMutations, stationQueries, stationResolvers } from './resolvers.js';
export { stationColumns, stationRow } from './store.js';
