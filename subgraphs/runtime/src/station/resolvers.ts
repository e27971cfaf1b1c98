import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { requireOwnViewer } from '../access/index.js';
import { findDivision, fullName } from '../division/index.js';
import type { ProvinceContext } from '../server/context.js';
import { stationPage, type StationPageArguments } from './stationPage.js';
import type { StationRecord } from './types.js';
import { updateStationHours, type UpdateStationHoursInput } from './updateStationHours.js';

export const stationResolvers = {
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<StationRecord> => {
    const found = await context.stations.byId.load(requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  division: ({ divisionCode }: StationRecord) => {
    const division = findDivision(divisionCode);
    return division ? { code: division.code, name: division.name, fullName: fullName(division.code) } : null;
  },
  organization: (station: StationRecord, _: unknown, context: ProvinceContext) => context.organizations.byId.load(station.organizationId),
};

/** Fields that the concept gives to `Province`. */
export const stationQueries = {
  stations: (_: unknown, args: StationPageArguments, { services }: ProvinceContext) => stationPage(services, args),
};

export const stationMutations = {
  updateStationHours: async (_: unknown, { input }: { input: UpdateStationHoursInput }, context: ProvinceContext) =>
    ({ station: await updateStationHours(context.services.db, context.services.entry.code, requireOwnViewer(context), input) }),
};
