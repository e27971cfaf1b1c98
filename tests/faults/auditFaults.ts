import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import { provinces } from '@delta/schema/provinces';
import { databaseOf, LocalZone, serviceNamed } from '../e2e/localZone.js';
import { definitions } from '../support/definitions.js';
import { unlimitedLookups } from '../support/unlimitedLookups.js';
import { compare, shownIn, type Recorded, type Shown, type Verdict } from './disclosures.js';
import { seeded } from './random.js';

/**
 * Random work by clients of every province while subgraphs and database servers are killed with -9. Afterwards every disclosure
 * that left must be in its owner's log, and whatever the log holds beyond that must belong to requests whose answer never
 * arrived. `npm run faults -- audit [--requests N] [--kills N] [--seed N]`.
 */
export interface AuditFaultsOptions { readonly requests: number; readonly kills: number; readonly seed: number; readonly say: (line: string) => void }

export interface AuditFaultsReport extends Verdict {
  readonly seed: number;
  readonly requests: number;
  readonly kills: number;
  readonly answered: number;
  readonly shown: number;
  readonly recorded: number;
}

const member = '__typename id name gender probationary idNumberMasked homeOrganization { name } withheld { field }';
const people = provinces.flatMap(({ slug }) => anchorsOf(definitions[slug]!.synthetic).people.map(({ idNumber }) => idNumber));

type Work = (random: () => number) => { readonly query: string; readonly variables: object; readonly token: string };

export async function runAuditFaults({ requests, kills, seed, say }: AuditFaultsOptions): Promise<AuditFaultsReport> {
  const random = seeded(seed);
  const zone = await LocalZone.prepare(unlimitedLookups);
  try {
    await zone.start('--members', '500');
    const clerks = await Promise.all(provinces.map(({ code }) => zone.token('--role', 'station_clerk', '--province', code, '--expires-in', '86400')));
    const members = await Promise.all(provinces.map(({ code }) => zone.token('--role', 'member', '--province', code, '--expires-in', '86400')));
    const pick = <T>(values: readonly T[], draw: () => number): T => values[Math.floor(draw() * values.length)]!;
    const works: readonly Work[] = [
      (draw) => {
        const at = Math.floor(draw() * provinces.length);
        return { token: clerks[at]!, variables: { input: { idNumber: pick(people, draw), purpose: 'CHECK_IN', clientKey: randomUUID() } },
          query: `mutation($input: OpenLookupInput!) { ${provinces[at]!.slug} { openLookup(input: $input) { lookup { id member { ${member} } } } } }` };
      },
      (draw) => {
        const at = Math.floor(draw() * provinces.length);
        return { token: clerks[at]!, variables: {}, query: `{ ${provinces[at]!.slug} { members(first: 20) { edges { node { ${member} } } } } }` };
      },
      (draw) => ({ token: pick(members, draw), variables: {}, query: `{ viewer { member { ${member} phone } } }` }),
    ];

    const shown: Shown[] = [];
    const answered = new Set<string>();
    let [asked, killed] = [0, 0];
    const client = async (draw: () => number): Promise<void> => {
      while (asked < requests) {
        asked += 1;
        const { query, variables, token } = pick(works, draw)(draw);
        const answer = await ask(zone.url, query, variables, token);
        if (!answer) { await sleep(50); continue; }
        shown.push(...shownIn(answer.requestId, answer.body));
        if (answer.body.errors) await sleep(200);
        else answered.add(answer.requestId);
      }
    };
    const victims = ['zone', ...provinces.map(({ slug }) => slug)].flatMap((owner) => [serviceNamed(owner), databaseOf(owner)]);
    const killer = async (): Promise<void> => {
      for (let done = 0; done < kills; done += 1) {
        while (asked < (requests * (done + 0.5)) / kills) await sleep(20);
        const victim = pick(victims, random);
        killed += await zone.kill(victim) > 0 ? 1 : 0;
        say(`${asked} of ${requests} requests, ${answered.size} answered whole, killed ${victim.source} (${killed} of ${kills})`);
      }
    };
    await Promise.all([killer(), ...Array.from({ length: 8 }, (_, i) => client(seeded(seed + i + 1)))]);

    await zone.ready();
    const recorded = (await Promise.all(provinces.map(async ({ slug }) =>
      (await zone.rows<Omit<Recorded, 'owner'>>(slug, 'select request_id as "requestId", member_id as "memberId", fields from audit_entry where kind = \'DISCLOSURE\'')).map((row) => ({ ...row, owner: slug }))))).flat();
    return { seed, requests, kills: killed, answered: answered.size, shown: shown.length, recorded: recorded.length, ...compare(shown, recorded, answered) };
  } finally {
    await zone.remove();
  }
}

/** Null when no whole answer arrived: the request is in doubt. */
async function ask(url: string, query: string, variables: object, token: string): Promise<{ requestId: string; body: { data?: unknown; errors?: unknown } } | null> {
  try {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ query, variables }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(15_000) });
    const requestId = response.headers.get('x-request-id');
    return requestId === null ? null : { requestId, body: await response.json() as { data?: unknown; errors?: unknown } };
  } catch {
    return null;
  }
}
