import { isKnownDivision } from '../division/index.js';
import { divisionPrefix, requireDivision } from '../organization/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { listStations } from './store.js';
import type { StationFilter, StationRecord } from './types.js';

export interface StationPageArguments extends PageArguments { readonly filter?: StationFilter | null }

/** A page of the province's stations: public, offices and hours only. @throws PlatformError UNKNOWN_DIVISION, SEARCH_TEXT, PAGE_SIZE, CURSOR_* */
export async function stationPage({ db, cursors }: ProvinceServices, args: StationPageArguments): Promise<Connection<StationRecord>> {
  const filter = requireDivision(args.filter, isKnownDivision);
  const page = readPage(cursors, listName('stations', filter), args);
  const within = filter.divisionCode ? { ...filter, divisionCode: divisionPrefix(filter.divisionCode) } : filter;
  return toConnection(cursors, page, await listStations(db, within, page.position, page.first));
}
