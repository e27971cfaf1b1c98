import { auditPlugin } from '@delta/runtime/audit/index';
import { createDatabase, databaseReadiness } from '@delta/runtime/db/database';
import { registrationLimits } from '@delta/runtime/directory/index';
import { bareKeys, checkpointEvents, joinExchange, knownEvents, reportForks, reportOwnFork, subjectSeals, type OwnEvents } from '@delta/runtime/exchange/index';
import { guardsWith, type Guards } from '@delta/runtime/server/guards';
import { readRootsFile } from '@delta/runtime/server/secretFiles';
import { startDatabase } from '@delta/runtime/server/startDatabase';
import { startSealing } from '@delta/runtime/server/startSealing';
import { createContextVerifier } from '@delta/service/context';
import { loadSigner, loadTrust } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { createPairMessages } from '@delta/service/pairMessage';
import { createSubgraphServer } from '@delta/service/subgraphServer';
import { fetchOver, loadMutualTls } from '@delta/service/tls';
import { contextOf, type ZoneContext, type ZoneServices } from './context.js';
import { directoryEvents } from './directory/directoryEvents.js';
import { answerRegistration } from './directory/registrationRoute.js';
import { startTellingLooks } from './directory/startTellingLooks.js';
import { zoneMigrations } from './migrations/index.js';
import { zoneSchema } from './schema.js';
import type { Settings } from './settings.js';
import { trustListMetrics } from './trustList/trustListMetrics.js';
import { trustListRoutes } from './trustList/trustListRoutes.js';

export interface ZoneOptions {
  readonly settings: Settings;
  readonly log: Logger;
  readonly now?: () => Date;
  /** Other guards than the real ones: for the bench that measures these. */
  readonly guards?: Guards;
  /** Kinds of events that this zone exchanges with some of its peers beside the platform's; none that tells of a person. */
  readonly events?: OwnEvents;
  readonly onStatement?: (sql: string) => void;
}

/** Starts the zone's subgraph: the directory's database, the edges, the registration endpoint. */
export async function createZone({ settings, log, now = () => new Date(), guards: given, events, onStatement }: ZoneOptions): Promise<{ url: string; close(): Promise<void> }> {
  const [signingKey, trustOfFile, roots, tls] = await Promise.all([
    loadSigner(settings.signingKeyFile, log), loadTrust(settings.trustFile, log), readRootsFile(settings.passRootsFile), loadMutualTls(settings),
  ]);
  const guards = given ?? guardsWith({ signer: signingKey, trust: trustOfFile });
  const { signer, trust } = guards;
  const database = await startDatabase({
    name: 'zone', url: settings.databaseUrl, ownerUrl: settings.databaseOwnerUrl, mode: settings.mode, home: settings.home, embeddedPort: settings.embeddedPort, log, entities: [], migrations: zoneMigrations,
    poolSize: settings.poolSize, statementTimeoutMs: settings.statementTimeoutMs, ...(onStatement ? { onStatement } : {}),
  });
  try {
    const db = guards.database(createDatabase(database.source, 'ZONE_UNAVAILABLE'));
    const services: ZoneServices = { db, signer, trust, messages: createPairMessages(signer, trust), now };
    const metrics = createMetrics('zone');
    if (roots) trustListMetrics(metrics, { db, roots, now });
    const seals = subjectSeals(bareKeys);
    const exchange = await joinExchange({
      db, signer, trust, log, now, metrics, send: fetchOver(tls), tls, nats: settings, relay: settings.exchangeRelay, peersFile: settings.peersFile, seals,
      types: knownEvents({ db, seals, now }, [...checkpointEvents(trust, reportForks(log, metrics), reportOwnFork(log)), ...directoryEvents({ trust, now })], events),
    });
    const server = await createSubgraphServer<ZoneContext>({
      name: 'zone', schema: zoneSchema(), log, metrics, host: settings.host, port: settings.port, tls,
      verifyContext: createContextVerifier({ trust, signer, audience: 'zone', now }),
      context: contextOf(services, guards.trail),
      plugins: [auditPlugin<ZoneContext>(db, now)],
      ready: () => databaseReadiness(db),
      routes: (http) => {
        exchange.routes(http);
        trustListRoutes({ db, trust, roots, now })(http);
        http.post('/registrations', { bodyLimit: registrationLimits.bodyBytes, logLevel: 'debug' }, async (request, reply) => {
          const receipt = await answerRegistration({ ...services, exchange }, { headers: request.headers, body: request.body as Buffer });
          return reply.header('x-delta-signature', receipt.signature).type('application/json').send(receipt.body);
        });
      },
    });
    const sequencer = startSealing({ guards, db, log, now, exchange, settings });
    const moving = exchange.start();
    const telling = startTellingLooks({ db, exchange, log, now });
    return { url: server.url, close: async () => { await server.close(); await telling.stop(); await sequencer?.stop(); await moving.stop(); await database.close(); } };
  } catch (error) {
    await database.close();
    throw error;
  }
}
