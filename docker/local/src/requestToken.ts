import { readFile } from 'node:fs/promises';
import { provinceByCode, provinces } from '@delta/schema/provinces';
import { roles, type Role } from '@delta/schema/viewer';
import { request } from 'undici';
import { keyFiles } from './home.js';
import { issuerOf, type DevelopmentIssuer } from './issuerRegistry.js';
import { Refusal } from './refusal.js';

export interface TokenWish {
  readonly role: string;
  /** GB/T 2260 code; null for roles of the zone and of dashboards. */
  readonly province: string | null;
  readonly organization?: string | undefined;
  readonly member?: string | undefined;
  /** Pseudonym that the audit will name. Default: the role, and where it is held. */
  readonly subject?: string | undefined;
  /** Seconds, 1 to 86,400. Default one hour. */
  readonly expiresIn?: string | undefined;
}

/** The issuer whose business a role at a province is. @throws Refusal for an unknown role or province, or one that does not fit the other */
export function issuerFor(role: string, province: string | null): { issuer: DevelopmentIssuer; role: Role } {
  const known = roles.find((each) => each === role);
  if (!known) throw new Refusal(`There is no role \`${role}\`.`, `Use one of ${roles.join(', ')}.`);
  if (province !== null && !provinceByCode(province)) throw new Refusal(`No province of the zone has the code \`${province}\`.`, `Use ${listOfProvinces()}.`);
  const issuer = issuerOf(known, province);
  if (issuer) return { issuer, role: known };
  throw province === null
    ? new Refusal(`The role ${role} is held in a province.`, `Add --province: ${listOfProvinces()}.`)
    : new Refusal(`No province may give the role ${role}.`, 'Leave --province out.');
}

/**
 * Gets one access token from the development issuer of this home.
 * @throws Refusal when the issuer does not run, or refuses what is asked
 */
export async function requestToken(home: string, wish: TokenWish): Promise<string> {
  const { issuer, role } = issuerFor(wish.role, wish.province);
  const fields = {
    grant_type: 'client_credentials', role, organization: wish.organization, member: wish.member, expires_in: wish.expiresIn,
    subject: wish.subject ?? ['demo', role, wish.member ?? wish.organization ?? wish.province].filter(Boolean).join(':'),
  };
  const body = new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
  const { identifier, client } = await readHome(home, issuer);
  const response = await request(`${identifier}/token`, {
    method: 'POST', body: body.toString(), headersTimeout: 5_000,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    },
  }).catch(() => { throw notRunning(identifier); });
  const answer = (await response.body.json().catch(() => { throw notRunning(identifier); })) as { access_token?: unknown; error_description?: unknown };
  if (typeof answer.access_token === 'string') return answer.access_token;
  if (response.statusCode === 401) throw new Refusal(`The issuer at ${identifier} belongs to another home than ${home}.`, 'Set DELTA_HOME as for npm start.');
  throw new Refusal(`The issuer refuses: ${String(answer.error_description)}.`, 'Ask for what it may give.');
}

/** The home knows where its issuer answers: no port has to be repeated here when npm start was given another. */
async function readHome(home: string, issuer: DevelopmentIssuer) {
  try {
    const files = keyFiles(home);
    const list = JSON.parse(await readFile(files.issuers, 'utf8')) as { issuer: string; kind: string; province: string | null }[];
    const entry = list.find(({ kind, province }) => kind === issuer.kind && province === issuer.province);
    if (!entry) throw new Error('not listed');
    return { identifier: entry.issuer, client: JSON.parse(await readFile(files.tokenClient, 'utf8')) as { clientId: string; clientSecret: string } };
  } catch {
    throw new Refusal(`Nothing was ever started on ${home}.`, 'Start the zone first: npm start.');
  }
}

const notRunning = (identifier: string): Refusal => new Refusal(`The development issuer does not answer at ${new URL(identifier).origin}.`, 'Start the zone first: npm start.');

const listOfProvinces = (): string => provinces.map(({ code, name }) => `${code} (${name})`).join(', ');
