import type { ProvinceContext } from '../server/context.js';

/** Fields that the concept gives to `Province`: numbers for everybody, since they name nobody. */
export const statisticsQueries = {
  memberStatistics: async (_province: unknown, _args: unknown, { services }: ProvinceContext) => {
    const statistics = await services.memberStatistics();
    return { ...statistics, countedAt: statistics.countedAt.toISOString() };
  },
};
