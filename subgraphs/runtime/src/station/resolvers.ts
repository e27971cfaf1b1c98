import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { findDivision, fullName, isKnownDivision } from '../division/index.js';
import { divisionPrefix, requireDivision } from '../organization/index.js';
import { listName, readPage, toConnection, type PageArguments } from '../page/index.js';
import { requireOwnViewer, type ProvinceContext } from '../server/context.js';
import { listStations } from './store.js';
import type { StationFilter, StationRecord } from './types.js';
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

/** `Province.stations`: public, offices and hours only. */
export async function stationPage(_: unknown, args: PageArguments & { filter?: StationFilter | null }, { services }: ProvinceContext) {
  const filter = requireDivision(args.filter, isKnownDivision);
  const page = readPage(services.cursors, listName('stations', filter), args);
  const within = filter.divisionCode ? { ...filter, divisionCode: divisionPrefix(filter.divisionCode) } : filter;
  return toConnection(services.cursors, page, await listStations(services.db, within, page.position, page.first));
}

export const stationMutations = {
  updateStationHours: async (_: unknown, { input }: { input: UpdateStationHoursInput }, context: ProvinceContext) =>
    ({ station: await updateStationHours(context.services.db, context.services.entry.code, requireOwnViewer(context), input) }),
};
