import { createHttpServer } from '@delta/service/httpServer';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import type { Peer } from '@delta/runtime/exchange/index';
import pg from 'pg';
import PgBoss from 'pg-boss';
import type { Owner } from '../support/exchangeOwners.js';

/** The same work over pg-boss: enqueued in the business transaction, each job signed, delivered in batches, one row of effect. */
export interface BossOwner {
  readonly url: string;
  write(subject: string, n: number, text: string): Promise<void>;
  run(): { stop(): Promise<void> };
  close(): Promise<void>;
}

const queue = 'events';
/** Jobs of one delivery: as many as the exchange's. */
const batch = 500;
const type = 'delta-bench-job+jwt';

export async function joinBoss(owner: Owner, addresses: readonly Peer[]): Promise<BossOwner> {
  const boss = new PgBoss({ connectionString: owner.database.ownerUrl, max: 6, monitorStateIntervalSeconds: 3600, maintenanceIntervalSeconds: 3600 });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.createQueue(queue);
  await grantService(owner.database.ownerUrl);
  const log = createLog('boss', { level: 'fatal' });
  const http = createHttpServer({ name: 'boss', log, metrics: createMetrics('boss'), host: '127.0.0.1', port: 0, ready: async () => ({ ok: true, checks: {} }), bodyLimit: 8 * 1024 * 1024 });
  http.fastify.post('/jobs', async (request) => {
    const jobs = JSON.parse((request.body as Buffer).toString()) as string[];
    const proven = await Promise.all(jobs.map(async (jws) => (await owner.trust.verify(jws, { type, issuer: 'shanghai', audience: 'jiangsu' })) as unknown as { id: string; subject: string; n: number }));
    await owner.services.db.transaction(async (within) => {
      await within.query('insert into arrived (id, peer, subject, n) select i, \'shanghai\', s, n from unnest($1::uuid[], $2::text[], $3::int[]) as j (i, s, n) on conflict do nothing',
        [proven.map(({ id }) => id), proven.map(({ subject }) => subject), proven.map(({ n }) => n)]);
    });
    return { taken: proven.length };
  });
  const { url } = await http.listen();

  return {
    url,
    async write(subject, n, text) {
      await owner.services.db.transaction(async (within) => {
        await within.query('insert into written (subject, n) values ($1, $2) on conflict do nothing', [subject, n]);
        await boss.send(queue, { subject, n, text }, { db: { executeSql: async (sql, values) => ({ rows: await within.query(sql, values) }) } });
      });
    },
    run() {
      let stopped = false;
      const loop = async (): Promise<void> => {
        while (!stopped) {
          const jobs = await boss.fetch<{ subject: string; n: number; text: string }>(queue, { batchSize: batch });
          if (!jobs || jobs.length === 0) { await new Promise((resolve) => { setTimeout(resolve, 50); }); continue; }
          const signed = await Promise.all(jobs.map(({ id, data }) => owner.signer.sign({ id, ...data }, { type, audience: 'jiangsu', expiresInSeconds: 60 })));
          const peer = addresses.find(({ name }) => name === 'jiangsu')!;
          const answer = await fetch(new URL('/jobs', peer.url), { method: 'POST', body: JSON.stringify(signed), headers: { 'content-type': 'application/json' } });
          if (!answer.ok) throw new Error(`the jobs were answered by ${answer.status}`);
          await answer.arrayBuffer();
          await boss.complete(queue, jobs.map(({ id }) => id));
        }
      };
      const running = loop();
      return { stop: async () => { stopped = true; await running; } };
    },
    async close() {
      await http.drain();
      await boss.stop({ graceful: false, wait: true });
    },
  };
}

/** The business transaction enqueues as the service's role, which owns nothing. */
async function grantService(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const role = pg.escapeIdentifier(`${new URL(ownerUrl).pathname.slice(1)}_service`);
  for (const right of ['usage on schema pgboss', 'all on all tables in schema pgboss', 'execute on all functions in schema pgboss']) await client.query(`grant ${right} to ${role}`);
  await client.end();
}
