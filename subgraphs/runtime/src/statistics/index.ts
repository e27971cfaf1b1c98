export { memberStatisticsOf, type MemberStatistics } from './memberStatistics.js';
export { statisticsQueries } from './resolvers.js';
