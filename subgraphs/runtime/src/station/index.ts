export { stationEntity } from './entity.js';
export { createStationLoaders, type StationLoaders } from './loaders.js';
export { stationMutations, stationPage, stationResolvers } from './resolvers.js';
export { stationColumns, stationRow } from './store.js';
