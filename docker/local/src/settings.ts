import { provinces } from '@delta/schema/provinces';
import { ConfigError, integer, readConfig, text, url, type ConfigOf, type ConfigSpec } from '@delta/service/config';
import { homeDirectory } from './home.js';
import { defaultIssuerPort } from './issuerRegistry.js';
import type { PortClaim } from './ports.js';

/** What runs on one machine, and where each listens. Read from the environment in this one place. */
export interface Settings {
  readonly home: string;
  /** Address that the gateway listens on; everything else stays on the loopback interface. */
  readonly gatewayHost: string;
  /** HTTP port by service: issuer, gateway, zone and each province. */
  readonly ports: Readonly<Record<string, number>>;
  /** Port of the embedded PostgreSQL by owner; an owner with a database of its own has none. */
  readonly databasePorts: Readonly<Record<string, number>>;
  /** Connection strings by owner, where one brings its own PostgreSQL. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** The same by the role that owns the tables, where it is not the service's. */
  readonly databaseOwnerUrls: Readonly<Record<string, string>>;
}

/** Those that own a database: the zone's directory and each province. */
export const owners: readonly string[] = ['zone', ...provinces.map(({ slug }) => slug)];

const httpDefaults: Readonly<Record<string, number>> = {
  gateway: 4000, zone: 4010, issuer: defaultIssuerPort, ...Object.fromEntries(provinces.map(({ slug, code }) => [slug, 4000 + Number(code)])),
};
const databaseDefaults: Readonly<Record<string, number>> = { zone: 54_310, ...Object.fromEntries(provinces.map(({ slug, code }) => [slug, 54_300 + Number(code)])) };

export const portVariable = (service: string): string => `DELTA_${service.toUpperCase()}_PORT`;
const databasePortVariable = (owner: string): string => `DELTA_${owner.toUpperCase()}_POSTGRES_PORT`;
const databaseUrlVariable = (owner: string): string => `DELTA_${owner.toUpperCase()}_DATABASE_URL`;
const databaseOwnerUrlVariable = (owner: string): string => `DELTA_${owner.toUpperCase()}_DATABASE_OWNER_URL`;

/** Every variable that only the supervisor reads: they are not handed on. */
export const supervisorVariables: readonly string[] = [
  'HOST', 'PORT', 'DATABASE_URL', 'DATABASE_OWNER_URL', ...Object.keys(httpDefaults).map(portVariable),
  ...owners.flatMap((owner) => [databasePortVariable(owner), databaseUrlVariable(owner), databaseOwnerUrlVariable(owner)]),
];

const databaseUrl = (variable: string) => url(variable, { protocols: ['postgres:', 'postgresql:'], optional: true });
const given = (urls: Readonly<Record<string, string | undefined>> | null): Record<string, string> =>
  Object.fromEntries(Object.entries(urls ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined));
const portOf = (variable: string, standard: number) => integer(variable, { min: 1, max: 65_535, default: standard });

/** Reads the settings of a start on one machine. @throws ConfigError that names every variable that is wrong */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const read = <S extends ConfigSpec>(spec: S): ConfigOf<S> | null => {
    try {
      return readConfig(spec, env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return null;
    }
  };
  // PORT and HOST are those of the door that clients knock at.
  const front = read({ host: text('HOST', { default: '127.0.0.1' }), port: portOf('PORT', httpDefaults['gateway']!) });
  const ports = read(Object.fromEntries(Object.entries(httpDefaults).map(([name, standard]) => [name, portOf(portVariable(name), name === 'gateway' && front ? front.port : standard)])));
  const databaseUrls = given(read(Object.fromEntries(owners.map((owner) => [owner, databaseUrl(databaseUrlVariable(owner))]))));
  const databaseOwnerUrls = given(read(Object.fromEntries(owners.map((owner) => [owner, databaseUrl(databaseOwnerUrlVariable(owner))]))));
  const databasePorts = read(Object.fromEntries(owners.filter((owner) => !(owner in databaseUrls)).map((owner) => [owner, portOf(databasePortVariable(owner), databaseDefaults[owner]!)])));

  if (env['DELTA_MODE'] === 'production') problems.push('DELTA_MODE is production, which is for services run apart, not for all on one machine with development keys (docker/README.md)');
  if (env['DELTA_TLS_CERT_FILE']) problems.push('DELTA_TLS_CERT_FILE is for services run apart; on one machine they speak plainly over the loopback interface');
  if (env['DATABASE_URL'] || env['DATABASE_OWNER_URL']) problems.push(`${env['DATABASE_URL'] ? 'DATABASE_URL' : 'DATABASE_OWNER_URL'} would be one database for five owners, which never share one: set ${owners.map(databaseUrlVariable).join(', ')} as needed`);
  for (const [owner, value] of Object.entries(databaseUrls)) {
    if (Object.entries(databaseUrls).some(([other, same]) => other < owner && same === value)) problems.push(`${databaseUrlVariable(owner)} names a database that another owner has`);
  }
  for (const owner of Object.keys(databaseOwnerUrls)) {
    if (!(owner in databaseUrls)) problems.push(`${databaseOwnerUrlVariable(owner)} is set without ${databaseUrlVariable(owner)}, by which the service itself connects`);
  }
  if (problems.length > 0 || !front || !ports || !databasePorts) throw new ConfigError(problems);
  return { home: homeDirectory(env), gatewayHost: front.host, ports, databasePorts, databaseUrls, databaseOwnerUrls };
}

/** Every port that these services need, with the variable that moves it. */
export const portClaims = ({ ports, databasePorts }: Settings, services: readonly string[]): PortClaim[] => services.flatMap((service) => [
  ...(ports[service] === undefined ? [] : [{ service, port: ports[service], variable: portVariable(service) }]),
  ...(databasePorts[service] === undefined ? [] : [{ service: `${service}'s PostgreSQL`, port: databasePorts[service], variable: databasePortVariable(service) }]),
]);
