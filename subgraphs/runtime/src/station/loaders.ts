import DataLoader from 'dataloader';
import type { Database } from '../db/database.js';
import { findStations } from './store.js';
import type { StationRecord } from './types.js';

export interface StationLoaders { readonly byId: DataLoader<string, StationRecord | null> }

export const createStationLoaders = (db: Database): StationLoaders => ({
  byId: new DataLoader(async (ids) => {
    const found = new Map((await findStations(db, ids)).map((station) => [station.id, station]));
    return ids.map((id) => found.get(id) ?? null);
  }),
});
