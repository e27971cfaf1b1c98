import { provinces } from '@delta/schema/provinces';
import { homeDirectory } from './home.js';
import { defaultIssuerPort } from './issuerRegistry.js';
import type { PortClaim } from './ports.js';
import { Refusal } from './refusal.js';

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

/** Every variable that only the supervisor reads: they are not handed on. */
export const supervisorVariables: readonly string[] = [
  'HOST', 'PORT', 'DATABASE_URL', ...Object.keys(httpDefaults).map(portVariable), ...owners.flatMap((owner) => [databasePortVariable(owner), databaseUrlVariable(owner)]),
];

/** Reads the settings of a start on one machine. @throws Refusal that names every variable that is wrong */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const port = (variable: string, otherwise: number): number => {
    const text = env[variable];
    if (text === undefined || text === '') return otherwise;
    const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > 65_535) problems.push(`${variable} must be a port from 1 to 65535`);
    return value;
  };
  if (env['DELTA_MODE'] === 'production') problems.push('DELTA_MODE=production is for services of their own, not for all on one machine with development keys (see docker/README.md)');
  if (env['DATABASE_URL']) problems.push(`DATABASE_URL would be one database for five owners, which never share one; set ${owners.map(databaseUrlVariable).join(', ')} as needed`);

  const databaseUrls: Record<string, string> = {};
  for (const owner of owners) {
    const url = env[databaseUrlVariable(owner)];
    if (!url) continue;
    if (!/^postgres(ql)?:\/\//.test(url)) problems.push(`${databaseUrlVariable(owner)} must begin with postgres://`);
    else if (Object.values(databaseUrls).includes(url)) problems.push(`${databaseUrlVariable(owner)} names a database that another owner has`);
    databaseUrls[owner] = url;
  }
  const settings: Settings = {
    home: homeDirectory(env),
    gatewayHost: env['HOST'] || '127.0.0.1',
    // PORT and HOST are those of the door that clients knock at.
    ports: Object.fromEntries(Object.entries(httpDefaults).map(([service, standard]) => [service, port(portVariable(service), service === 'gateway' ? port('PORT', standard) : standard)])),
    databasePorts: Object.fromEntries(owners.filter((owner) => !(owner in databaseUrls)).map((owner) => [owner, port(databasePortVariable(owner), databaseDefaults[owner]!)])),
    databaseUrls,
  };
  if (problems.length > 0) throw new Refusal(`The environment is not usable: ${problems.join('; ')}.`, 'Correct these variables.');
  return settings;
}

/** Every port that these services need, with the variable that moves it. */
export const portClaims = ({ ports, databasePorts }: Settings, services: readonly string[]): PortClaim[] => services.flatMap((service) => [
  ...(ports[service] === undefined ? [] : [{ service, port: ports[service], variable: portVariable(service) }]),
  ...(databasePorts[service] === undefined ? [] : [{ service: `${service}'s PostgreSQL`, port: databasePorts[service], variable: databasePortVariable(service) }]),
]);
