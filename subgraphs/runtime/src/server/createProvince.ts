import { provinces } from '@delta/schema/provinces';
import { loadBearerVerifier } from '@delta/service/bearer';
import { createContextVerifier } from '@delta/service/context';
import { loadSigner, loadTrust } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { createPairMessages } from '@delta/service/pairMessage';
import { createSubgraphServer } from '@delta/service/subgraphServer';
import { fetchOver, loadMutualTls } from '@delta/service/tls';
import { auditPlugin } from '../audit/index.js';
import { createBlindIndex } from '../crypto/blindIndex.js';
import { createEnvelope } from '../crypto/envelope.js';
import { derivedKeys, openMasterKeys } from '../crypto/masterKeys.js';
import { createDatabase, databaseReadiness } from '../db/database.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { directoryEvents, registerAgain, startRegistrar } from '../directory/index.js';
import { checkpointEvents, joinExchange, knownEvents, reportForks, reportOwnFork, subjectSeals } from '../exchange/index.js';
import { createLimits } from '../lookup/index.js';
import { checkKeys, shredEvents } from '../member/index.js';
import { organizationEntity } from '../organization/index.js';
import { createCursors } from '../page/index.js';
import { createCodeHasher } from '../oneTimeCode/index.js';
import { createStatusPublisher, findPassForCheck, keysUnder, loadPassKeys, passEvents, passRoutes, startReissuing, type PaperRenderer } from '../pass/index.js';
import { createPassChecking, type JudgingLists, type PassChecking } from '../passCheck/index.js';
import { startPassLists, type PassLists } from '../passLists/index.js';
import { stationEntity } from '../station/index.js';
import { memberStatisticsOf } from '../statistics/index.js';
import { transferEvents } from '../transfer/index.js';
import { loadSynthetic } from '../synthetic/loadSynthetic.js';
import { contextOf, type ProvinceContext } from './context.js';
import { guardsWith, type Guards } from './guards.js';
import type { ProvinceDefinition } from './province.js';
import { provinceSchema } from './schema.js';
import { readBlindIndexKeys, readRootsFile } from './secretFiles.js';
import type { ProvinceServices } from './services.js';
import type { Settings } from './settings.js';
import { startDatabase } from './startDatabase.js';
import { startSealing } from './startSealing.js';

export interface ProvinceOptions {
  readonly definition: ProvinceDefinition;
  readonly settings: Settings;
  readonly log: Logger;
  readonly now?: () => Date;
  /** Other guards than the real ones: for the bench that measures these. */
  readonly guards?: Guards;
  /** By what passes are judged, and whose a pass is, where it is neither the province's own lists nor its own register. */
  readonly judging?: { readonly lists?: JudgingLists; readonly findPass?: PassChecking['findPass'] };
  /** Makes the sheet of a pass on paper. */
  readonly paper?: PaperRenderer;
  /** Told of every statement sent to the database. */
  readonly onStatement?: (sql: string) => void;
  /** Told how many demonstration members are loaded. */
  readonly onLoading?: (done: number, total: number) => void;
}

export interface RunningProvince {
  readonly url: string;
  /** Resolves with their number when the directory has answered for all members. */
  readonly registered: Promise<number>;
  close(): Promise<void>;
}

/** Loaded with the first sheet: a PDF writer and a font are no part of a subgraph that prints none. */
const printer: PaperRenderer = async (sheet) => (await import('@delta/pass/paper')).renderPaperPass(sheet);

/** No pass is judged by these. */
const noLists: JudgingLists = { trust: () => undefined, status: () => undefined, knownIssued: () => undefined, freshStatus: async () => undefined };

/** Starts one province's subgraph: its database, its demonstration data if the database is new, its server, its registrar. */
export async function createProvince({ definition, settings, log, now = () => new Date(), guards: given, paper = printer, judging = {}, onStatement, onLoading }: ProvinceOptions): Promise<RunningProvince> {
  const { entry } = definition;
  const [signingKey, trustOfFile, indexKeys, roots, bearer, tls, passKeys] = await Promise.all([
    loadSigner(settings.signingKeyFile, log), loadTrust(settings.trustFile, log),
    readBlindIndexKeys(settings.blindIndexKeyFile), readRootsFile(settings.passRootsFile), loadBearerVerifier(settings.issuersFile, { log, only: (issuer) => issuer.province === entry.code }), loadMutualTls(settings),
    settings.passKeysFile === undefined ? undefined : loadPassKeys(settings.passKeysFile, log),
  ]);
  const guards = given ?? guardsWith({ signer: signingKey, trust: trustOfFile });
  const { signer, trust } = guards;
  const masterKeys = openMasterKeys(settings.masterKeyFile, ({ message }) => { log.error({ code: 'CONFIGURATION_INVALID', reason: message }, 'the master key file cannot be used; the keys read before stay in use'); });
  const envelope = createEnvelope(masterKeys, settings.cryptoSuite);
  const cursorKey = derivedKeys(masterKeys, 'cursors');
  const challengeKey = derivedKeys(masterKeys, 'pass-challenges');
  const blindIndex = createBlindIndex(indexKeys);
  const database = await startDatabase({
    name: entry.slug, url: settings.databaseUrl, ownerUrl: settings.databaseOwnerUrl, mode: settings.mode, home: settings.home, embeddedPort: settings.embeddedPort, log,
    entities: [organizationEntity, stationEntity], migrations: provinceMigrations,
    poolSize: settings.poolSize, statementTimeoutMs: settings.statementTimeoutMs, ...(onStatement ? { onStatement } : {}),
  });
  let passLists: PassLists | undefined;
  try {
    if (settings.mode === 'demo' && settings.syntheticMembers > 0) {
      await loadSynthetic(database.source, {
        config: definition.synthetic, members: settings.syntheticMembers, envelope, blindIndex, ...(onLoading ? { onProgress: onLoading } : {}),
      });
    }
    const db = guards.database(createDatabase(database.source, 'PROVINCE_UNAVAILABLE'));
    await checkKeys(db, envelope);
    const limits = createLimits(db, entry.code, {
      person: settings.lookupLimitPerson, viewer: settings.lookupLimitViewer, organization: settings.lookupLimitOrganization, province: settings.lookupLimitProvince,
    }, now);
    const metrics = createMetrics(entry.slug);
    const send = fetchOver(tls);
    const seals = subjectSeals(envelope);
    const exchange = await joinExchange({
      db, signer, trust, log, now, send, metrics, tls, nats: settings, relay: settings.exchangeRelay, peersFile: settings.peersFile, seals,
      types: knownEvents({ db, seals, now }, [
        ...checkpointEvents(trust, reportForks(log, metrics), reportOwnFork(log)), ...directoryEvents(), ...shredEvents(entry.slug, now), ...passEvents(now),
        ...transferEvents({ entry, trust, envelope, blindIndex, now, owners: provinces.map(({ slug }) => slug) }),
      ], definition.extension?.events),
      onRewound: async (peer) => { if (peer === 'zone') await registerAgain(db); },
    });
    const passes = { keys: passKeys && keysUnder(passKeys, () => passLists?.trust()), places: settings.passPlaces, paper, challengeKeys: () => masterKeys.versions.map((version) => challengeKey(version)) };
    const publisher = createStatusPublisher({ db, entry, now, passes });
    // Without pinned roots no pass can be judged here, and everything else goes on.
    passLists = roots && await startPassLists({ db, roots, zoneUrl: settings.zoneUrl, send, own: { issuer: entry.code, ...publisher }, log, metrics, now });
    const passChecking = createPassChecking({ db, lists: judging.lists ?? passLists ?? noLists, findPass: judging.findPass ?? findPassForCheck, perMinute: settings.verifyLimitViewer, now });
    const services: ProvinceServices = {
      entry, exchange, db, signer, trust, messages: createPairMessages(signer, trust), envelope, blindIndex, limits, codes: createCodeHasher(masterKeys), passes, passRoots: roots, passChecking,
      memberStatistics: memberStatisticsOf({ db, province: entry.code, now }), caseLifeMs: settings.caseDays * 86_400_000, mode: settings.mode, now,
      cursors: createCursors(entry.code, () => masterKeys.versions.map((version) => cursorKey(version))),
    };
    const server = await createSubgraphServer<ProvinceContext>({
      name: entry.slug, schema: provinceSchema(definition, guards.policy), log, metrics, host: settings.host, port: settings.port, tls,
      verifyContext: createContextVerifier({ trust, signer, audience: entry.slug, now }),
      context: contextOf(services, (token) => bearer.verify(token), guards.trail),
      plugins: [auditPlugin<ProvinceContext>(db, now)],
      ready: () => databaseReadiness(db),
      routes: (http) => {
        exchange.routes(http);
        passRoutes(publisher)(http);
      },
    });
    const sequencer = startSealing({ guards, db, log, now, exchange, settings });
    const moving = exchange.start();
    const reissuing = startReissuing(services, { compromised: () => passLists?.trust()?.compromised ?? [], log });
    const registrar = startRegistrar({ ...services, send }, { zoneUrl: settings.zoneUrl, log });
    return {
      url: server.url,
      registered: registrar.caughtUp,
      close: async () => {
        limits.stop();
        passChecking.stop();
        await Promise.all([server.close(), registrar.stop(), passLists?.stop(), reissuing.stop()]);
        await sequencer?.stop();
        await moving.stop();
        await database.close();
      },
    };
  } catch (error) {
    await passLists?.stop();
    await database.close();
    throw error;
  }
}
