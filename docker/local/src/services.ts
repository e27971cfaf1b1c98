import { join } from 'node:path';
import type { Peer } from '@delta/runtime/exchange/peers';
import type { ProvinceEntry } from '@delta/schema/provinces';
import { keyFiles, repositoryRoot } from './home.js';
import { bundleFolder, isFromSources, serviceModules } from './serviceModules.js';
import { owners, supervisorVariables, type Settings } from './settings.js';
import type { SupervisedSpec } from './supervisor.js';

/** Synthetic members a province loads into an empty database; undefined leaves it to the province. */
export interface DataWish { readonly members?: number | undefined }

const local = (port: number | undefined): string => `http://127.0.0.1:${port}`;

/** Every owner at its port on this machine. */
export const localPeers = ({ ports }: Settings): Peer[] => owners.map((name) => ({ name, url: local(ports[name]) }));

/** The development issuer as a supervised process. */
export const issuerService = (settings: Settings, env: NodeJS.ProcessEnv): SupervisedSpec =>
  service('issuer', settings, env, { PORT: String(settings.ports['issuer']) });

/** One province's subgraph as a supervised process. */
export function provinceService({ slug }: ProvinceEntry, settings: Settings, env: NodeJS.ProcessEnv, { members }: DataWish): SupervisedSpec {
  const files = keyFiles(settings.home);
  return service(slug, settings, env, {
    ...databaseOf(slug, settings),
    PORT: String(settings.ports[slug]),
    DELTA_SIGNING_KEY_FILE: files.signing(slug),
    DELTA_TRUST_FILE: files.trust,
    DELTA_PEERS_FILE: files.peers,
    DELTA_ISSUERS_FILE: files.issuers,
    DELTA_BLIND_INDEX_KEY_FILE: files.blindIndex,
    DELTA_MASTER_KEY_FILE: files.master(slug),
    DELTA_PASS_ROOTS_FILE: files.passRoots,
    DELTA_PASS_KEYS_FILE: files.passKeys(slug),
    DELTA_ZONE_URL: local(settings.ports['zone']),
    ...(members === undefined ? {} : { DELTA_SYNTHETIC_MEMBERS: String(members) }),
  });
}

/** The zone's directory as a supervised process. It gets no key of the blind index and no province's key. */
export function zoneService(settings: Settings, env: NodeJS.ProcessEnv): SupervisedSpec {
  const files = keyFiles(settings.home);
  return service('zone', settings, env, {
    ...databaseOf('zone', settings),
    PORT: String(settings.ports['zone']),
    DELTA_SIGNING_KEY_FILE: files.signing('zone'),
    DELTA_TRUST_FILE: files.trust,
    DELTA_PEERS_FILE: files.peers,
    DELTA_PASS_ROOTS_FILE: files.passRoots,
  });
}

/** The ceremony of the trust list, held by itself where all roots lie in one home. */
export const ceremonyService = (settings: Settings, env: NodeJS.ProcessEnv): SupervisedSpec =>
  service('ceremony', settings, env, { DELTA_ZONE_URL: local(settings.ports['zone']) });

/** The gateway as a supervised process: it stops first, so that what it is answering still finds the subgraphs. */
export function gatewayService(settings: Settings, env: NodeJS.ProcessEnv): SupervisedSpec {
  const files = keyFiles(settings.home);
  return { ...service('gateway', settings, env, {
    HOST: settings.gatewayHost,
    PORT: String(settings.ports['gateway']),
    DELTA_SUPERGRAPH_FILE: env['DELTA_SUPERGRAPH_FILE'] ?? join(repositoryRoot, 'schema/supergraph.graphql'),
    DELTA_SUPERGRAPH_CACHE_FILE: join(settings.home, 'gateway/supergraph.graphql'),
    DELTA_SUBGRAPH_URLS: owners.map((name) => `${name}=${local(settings.ports[name])}/graphql`).join(','),
    DELTA_SIGNING_KEY_FILE: files.signing('gateway'),
    DELTA_ISSUERS_FILE: files.issuers,
  }), front: true };
}

function service(name: string, settings: Settings, env: NodeJS.ProcessEnv, own: Record<string, string>): SupervisedSpec {
  const inherited = Object.fromEntries(Object.entries(env).filter(([variable]) => !supervisorVariables.includes(variable)));
  return {
    name, entry: isFromSources ? serviceModules[name]!() : join(bundleFolder, `${name}.js`), front: false, logFile: join(settings.home, 'logs', `${name}.log`),
    // Libraries check far more outside of NODE_ENV=production; our own mode is DELTA_MODE.
    env: { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', ...inherited, HOST: '127.0.0.1', DELTA_HOME: settings.home, DELTA_MODE: 'demo', ...own },
  };
}

const databaseOf = (owner: string, { databaseUrls, databaseOwnerUrls, databasePorts }: Settings): Record<string, string> => {
  const [url, ownerUrl] = [databaseUrls[owner], databaseOwnerUrls[owner]];
  if (url === undefined) return { DELTA_POSTGRES_PORT: String(databasePorts[owner]) };
  return { DATABASE_URL: url, ...(ownerUrl === undefined ? {} : { DATABASE_OWNER_URL: ownerUrl }) };
};
