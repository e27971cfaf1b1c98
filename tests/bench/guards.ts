import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@delta/runtime/db/embedded/index';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import { definitions } from '../support/definitions.js';
import { ownerDatabases } from './ownerDatabases.js';
import { median } from './statistics.js';
import { startStack, type Stack } from './stack.js';

/**
 * What policy, audit and signatures cost together: the same build twice, one without them by the seam that only tests reach,
 * in rounds that take turns on one machine and one PostgreSQL (with fsync). `npm run bench -- guards [--rounds N] [--seconds N]`.
 */
export interface GuardsOptions { readonly rounds: number; readonly seconds: number; readonly clients: number }

const provinces = ['shanghai', 'anhui'];
const warmUpSeconds = 12;

/** One person in Anhui, asked for from Shanghai. */
export const lookup = `mutation Lookup($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id purpose member {
  __typename id name gender idNumberMasked province { name } homeOrganization { name officePhone } withheld { field reason } } } } } }`;
const page = `query Page($after: String) { shanghai { members(first: 50, after: $after) { pageInfo { hasNextPage } edges { node {
  id name gender joinedOn probationary affiliation idNumberMasked phoneMasked homeOrganization { name } } } } } }`;

const work: Readonly<Record<string, { readonly target: number; ask(stack: Stack): Promise<string> }>> = {
  'lookup of one person in another province': {
    target: 0.25, ask: (stack) => stack.ask(lookup, { input: { idNumber: anchorsOf(definitions['anhui']!.synthetic).people[0].idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }),
  },
  'page of 50 members of one\'s own province': { target: 0.35, ask: (stack) => stack.ask(page, {}) },
};

async function rate(stack: Stack, ask: (stack: Stack) => Promise<string>, seconds: number, clients: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() - start < seconds * 1000) { await ask(stack); count += 1; }
  }));
  return count / ((performance.now() - start) / 1000);
}

type Guards = 'on' | 'off';
interface Round { readonly on: number; readonly off: number }

/**
 * Each half of the rounds has both stacks started anew, in the one order and then in the other: which of two equal stacks is
 * started first makes a difference of its own.
 */
export async function benchGuards({ rounds, seconds, clients }: GuardsOptions): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), 'delta-bench-'));
  await chmod(home, 0o711);
  const cluster = await startCluster({ directory: join(home, 'pg'), log: () => undefined });
  const measured = Object.fromEntries(Object.keys(work).map((name): [string, Round[]] => [name, []]));
  try {
    for (const order of [['on', 'off'], ['off', 'on']] as const) {
      const stacks: Partial<Record<Guards, Stack>> = {};
      try {
        for (const guards of order) {
          const databases = await ownerDatabases(cluster, guards, ['zone', ...provinces]);
          stacks[guards] = await startStack({ home: join(home, `${order[0]}-${guards}`), guards, databases, provinces, members: 3_000, connections: clients });
        }
        const { on, off } = stacks as Record<Guards, Stack>;
        for (const [name, { ask }] of Object.entries(work)) {
          if ((await ask(on)).length < 200 || (await ask(off)).length < 200) throw new Error(`the bench was answered nothing: ${name}`);
          // Until the processes run compiled code: what is not yet compiled costs each side something else.
          for (const stack of [on, off, on, off]) await rate(stack, ask, warmUpSeconds / 2, clients);
          for (let round = 0; round < Math.ceil(rounds / 2); round += 1) {
            const turns: readonly Guards[] = round % 2 === 0 ? ['on', 'off'] : ['off', 'on'];
            const rates: Record<Guards, number> = { on: 0, off: 0 };
            for (const guards of turns) rates[guards] = await rate({ on, off }[guards], ask, seconds, clients);
            measured[name]!.push(rates);
            process.stderr.write(`${name}: ${order[0]} started first, round ${round + 1}: ${rates.on.toFixed(0)}/s with, ${rates.off.toFixed(0)}/s without\n`);
          }
        }
      } finally {
        await Promise.all(Object.values(stacks).map((stack) => stack.close()));
      }
    }
  } finally {
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  }
  return Object.entries(measured).map(([name, rows]) => report(name, rows, seconds, clients)).every(Boolean);
}

function report(name: string, rows: readonly Round[], seconds: number, clients: number): boolean {
  const { target } = work[name]!;
  const cost = 1 - median(rows.map((row) => row.on / row.off));
  process.stdout.write(`${name}: guarded ${median(rows.map((row) => row.on)).toFixed(0)}/s, unguarded ${median(rows.map((row) => row.off)).toFixed(0)}/s, `
    + `cost ${(cost * 100).toFixed(1)} % (at most ${target * 100} %), medians of ${rows.length} rounds of ${seconds} s, ${clients} clients\n`);
  return cost <= target;
}
