export { stationEnrolmentMutations } from './resolvers.js';
