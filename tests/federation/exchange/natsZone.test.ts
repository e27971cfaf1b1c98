import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { until } from '../../support/exchangeOwners.js';
import { createNatsServer, type NatsServer } from '../../support/natsServer.js';
import { withNatsServer } from '../../support/withNatsServer.js';
import { lookupDocument, startTestZone, type TestZone } from '../../support/zone.js';

withNatsServer('the services of a whole zone, configured for a broker', () => {
  let broker: NatsServer;
  let zone: TestZone;
  beforeAll(async () => {
    broker = await createNatsServer();
    await broker.start();
    // Small pools: other files use the same cluster meanwhile.
    const env = { DELTA_NATS_URL: broker.url, DELTA_AUDIT_CHECKPOINT_SECONDS: '1', DELTA_POOL_SIZE: '3' };
    zone = await startTestZone({ members: 10, zoneEnv: env, provinceEnv: env });
  });
  afterAll(async () => {
    await zone?.close();
    await broker?.close();
  });

  test('all owners tell each other the heads of their audit chains by it, which keeps messages on disk for a minute', async () => {
    const look = async (): Promise<void> => { await zone.ask(lookupDocument, { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, await zone.token()); };
    const told = async (by: string, at: string): Promise<boolean> => (await zone.rows(at, `select 1 from exchange_inbox where peer = $1 and type = 'audit.checkpoint'`, [by])).length > 0;
    for (const [by, at] of [['shanghai', 'zone'], ['shanghai', 'anhui'], ['anhui', 'jiangsu'], ['zone', 'shanghai']] as const) {
      // A head is told to whom the list of peers names by then, and signed when the chain has moved.
      await until(async () => { await look(); await delay(300); return told(by, at); }, `a head of ${by} at ${at}`, 20);
    }
    const admin = await connect({ servers: broker.url });
    const manager = await jetstreamManager(admin);
    const { config, state } = await manager.streams.info('DELTA_EXCHANGE');
    expect(config).toMatchObject({ storage: 'file', retention: 'workqueue', max_age: 60e9, num_replicas: 1 });
    expect(state.last_seq).toBeGreaterThan(4);
    const owners: string[] = [];
    for await (const { name, delivered } of manager.consumers.list('DELTA_EXCHANGE')) if (delivered.consumer_seq > 0) owners.push(name);
    expect(owners.sort()).toEqual(['anhui', 'jiangsu', 'shanghai', 'zhejiang', 'zone']);
    await admin.close();
  }, 90_000);
});
