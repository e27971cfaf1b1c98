import type { Envelope } from '../crypto/envelope.js';
import { copyRows } from '../db/copy.js';
import { inTransaction } from '../db/transaction.js';
import { memberColumns, memberRow } from '../member/index.js';
import { organizationColumns, organizationRow } from '../organization/index.js';
import { stationColumns, stationRow } from '../station/index.js';
import { syntheticMembers, syntheticOrganizations, syntheticStations, type SyntheticConfig } from './index.js';

export interface LoadOptions {
  readonly config: SyntheticConfig;
  readonly members: number;
  readonly envelope: Envelope;
  readonly blindIndex: (idNumber: string) => string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Fills an empty database with the demonstration's organisations, stations and members, in one transaction: a load that is
 * cut off leaves an empty database, and the next start loads again.
 *
 * @returns false when the database holds organisations already
 */
export async function loadSynthetic(source: Parameters<typeof inTransaction>[0], { config, members, envelope, blindIndex, onProgress }: LoadOptions): Promise<boolean> {
  return inTransaction(source, async (manager) => {
    // Two processes that start at once on one empty database: the second waits here and finds it filled.
    await manager.query('/* synthetic.lock */ lock table organization in share row exclusive mode');
    const [known] = await manager.query('/* synthetic.known */ select 1 from organization limit 1') as unknown[];
    if (known) return false;
    await copyRows(manager, 'organization', [...organizationColumns], map(syntheticOrganizations(config), organizationRow));
    await copyRows(manager, 'service_station', [...stationColumns], map(syntheticStations(config), stationRow));
    await copyRows(manager, 'member', [...memberColumns],
      map(syntheticMembers(config, 0, members), (member) => memberRow({ ...member, blindIndex: blindIndex(member.idNumber) }, envelope)), (done) => onProgress?.(done, members));
    await manager.query('/* synthetic.analyze */ analyze organization, service_station, member');
    return true;
  });
}

function* map<T>(rows: Iterable<T>, toRow: (row: T) => unknown[]): Generator<unknown[]> {
  for (const row of rows) yield toRow(row);
}
