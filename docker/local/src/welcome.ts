import { randomUUID } from 'node:crypto';
import type { ProvinceEntry } from '@delta/schema/provinces';
import type { Settings } from './settings.js';

/** A clerk in Shanghai looks up a person of Anhui: the platform's main job in one request. */
export const exampleLookup = 'mutation FindMember($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id purpose member { __typename id name gender idNumberMasked province { name } homeOrganization { name officePhone } withheld { field reason } } } } } }';

/** Commands in another terminal must find this home. */
const prefix = (env: NodeJS.ProcessEnv): string => (env['DELTA_HOME'] ? `DELTA_HOME=${env['DELTA_HOME']} ` : '');

const without = (missing: readonly string[]): string => (missing.length === 0 ? '' : ` without ${missing.join(', ')}, which ${missing.length === 1 ? 'does' : 'do'} not start yet`);

/** What to do next, once the whole zone is ready: every line can be pasted as it stands. @param idNumber of a person that the example finds */
export function zoneWelcome(settings: Settings, idNumber: string, seconds: string, missing: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const url = `http://127.0.0.1:${settings.ports['gateway']}`;
  const body = { query: exampleLookup, variables: { input: { idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } } };
  return `
The zone is ready${without(missing)} (${seconds} s).

  GraphiQL        ${url}/  (in a browser, with examples)
  A clerk's token ${prefix(env)}npm run --silent token -- --role station_clerk --province 31
  Other roles     ${prefix(env)}npm run --silent token -- --help

A clerk in Shanghai finds a member whose record is Anhui's (a synthetic person); paste into another terminal, in this folder:

  TOKEN=$(${prefix(env)}npm run --silent token -- --role station_clerk --province 31)
  curl -s ${url}/graphql -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '${JSON.stringify(body)}'

Logs: ${settings.home}/logs. Ctrl-C stops everything.
`;
}

/** What to do next with one province that runs alone: it answers its gateway only, so the development key must sign. */
export function provinceWelcome({ code, slug, name }: ProvinceEntry, settings: Settings, seconds: string, missing: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return `
${name} runs alone${without(missing)} (${seconds} s), at http://127.0.0.1:${settings.ports[slug]}/graphql.
It answers requests that a gateway signed. With the development key of this home, in another terminal, in the root folder:

  ${prefix(env)}npm run --silent ask -- --subgraph ${slug} '{ ${slug} { name organizations(first: 3) { edges { node { name kind officePhone } } } } }'
  TOKEN=$(${prefix(env)}npm run --silent token -- --role station_clerk --province ${code})
  ${prefix(env)}npm run --silent ask -- --subgraph ${slug} --token "$TOKEN" '{ ${slug} { members(first: 3) { edges { node { id name } } } } }'

Without the zone its members are in no directory, and nothing crosses to other provinces.
Logs: ${settings.home}/logs. Ctrl-C stops everything.
`;
}
