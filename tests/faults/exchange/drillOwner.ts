/**
 * One owner of the drill as a process: the real subgraph, as its settings in the environment say, with the drill's kinds of events.
 * `drillOwner.ts <owner>`, forked; it writes what it is told to over IPC and answers once that is committed.
 */
import { createProvince } from '@delta/runtime/server/createProvince';
import { readSettings as readProvinceSettings } from '@delta/runtime/server/settings';
import { createLog } from '@delta/service/log';
import { runService } from '@delta/service/process';
import { createZone } from '@delta/zone/createZone';
import { readSettings as readZoneSettings } from '@delta/zone/settings';
import { definitions } from '../../support/definitions.js';
import { drill, type DrillOrder } from './drillEvents.js';

export interface OrderMessage { readonly id: number; readonly write: readonly DrillOrder[] }

/** `ids` when it is committed. An error is no more than that: the transaction may be there or not. */
export type OrderAnswer = { readonly type: 'answer'; readonly id: number } & ({ readonly ids: readonly string[] } | { readonly error: string });

const [name = ''] = process.argv.slice(2);
const { events, write } = drill();

runService(async () => {
  const definition = definitions[name];
  const log = createLog(name, { level: 'info' });
  const service = definition
    ? await createProvince({ definition: { ...definition, extension: { sdl: '', memberFields: [], ...definition.extension, events } }, settings: readProvinceSettings(name), log })
    : await createZone({ settings: readZoneSettings(), log, events });
  process.on('message', ({ id, write: orders }: OrderMessage) => {
    const answer = (said: { ids: readonly string[] } | { error: string }): void => { if (process.connected) process.send!({ type: 'answer', id, ...said } satisfies OrderAnswer, undefined, undefined, () => undefined); };
    write(orders).then((ids) => { answer({ ids }); }, (error: unknown) => { answer({ error: String(error) }); });
  });
  return service;
});
