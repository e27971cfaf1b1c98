import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@delta/runtime/db/embedded/index';
import { checkIdNumber, idNumberCheckCharacter } from '@delta/runtime/member/index';
import { startTestZone } from '../support/zone.js';
import { mannWhitney, median, quantile } from './statistics.js';

/**
 * Whether a refused lookup of a person on record can be told from one of nobody by its time. Both are asked of one zone in one
 * run, in pairs whose order changes by chance, for every way of refusing. `npm run bench -- refusals [--requests N]`.
 */
export interface RefusalsOptions { readonly requests: number }

const document = 'mutation Refused($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id member { __typename } } } } }';

/** Synthetic numbers of the range that belongs to nobody, which no province has loaded. */
function missingNumber(serial: number): string {
  const digits = `3499991945${String(1 + (serial % 12)).padStart(2, '0')}${String(1 + (serial % 28)).padStart(2, '0')}${String(900 + (serial % 100))}`;
  return checkIdNumber(digits + idNumberCheckCharacter(digits), { mode: 'demo', today: '2026-01-01' });
}

export async function benchRefusals({ requests }: RefusalsOptions, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'delta-bench-'));
  await chmod(directory, 0o711);
  const cluster = await startCluster({ directory: join(directory, 'pg'), log: () => undefined });
  process.env['DELTA_TEST_CLUSTER'] = cluster.url('postgres');
  const limit = Object.fromEntries(['PERSON', 'ORGANIZATION', 'PROVINCE'].map((scope) => [`DELTA_LOOKUP_LIMIT_${scope}`, '100000000']));
  const zone = await startTestZone({ provinceEnv: { ...limit, DELTA_LOOKUP_LIMIT_VIEWER: '5' } });
  try {
    const existing = zone.anchors('anhui').people.map(({ idNumber }) => idNumber);
    const clerk = await zone.token();
    const free = await zone.token({ role: 'grid_worker' });
    const ways: Readonly<Record<string, { readonly token: string; readonly purpose: string }>> = {
      LOOKUP_LIMIT: { token: clerk, purpose: 'CHECK_IN' },
      FORBIDDEN: { token: free, purpose: 'CHECK_IN' },
    };
    let alike = true;
    for (const [code, { token, purpose }] of Object.entries(ways)) {
      const times: Record<'existing' | 'missing', number[]> = { existing: [], missing: [] };
      const ask = async (kind: 'existing' | 'missing', turn: number, warm: boolean): Promise<void> => {
        const idNumber = kind === 'existing' ? existing[turn % existing.length]! : missingNumber(turn % existing.length);
        const input = { idNumber, purpose, clientKey: randomUUID() };
        const started = performance.now();
        const { errors } = await zone.ask<unknown>(document, { input }, token);
        const took = performance.now() - started;
        if (warm) return;
        if (errors?.[0]?.extensions.code !== code) throw new Error(`a lookup was not refused with ${code}: ${JSON.stringify(errors)}`);
        times[kind].push(took);
      };
      for (let turn = 0; turn < 200; turn += 1) await ask(turn % 2 === 0 ? 'existing' : 'missing', turn >> 1, true);
      for (let turn = 0; turn < requests; turn += 1) {
        const order = Math.random() < 0.5 ? ['existing', 'missing'] as const : ['missing', 'existing'] as const;
        for (const kind of order) await ask(kind, turn, false);
        if ((turn + 1) % 1000 === 0) process.stderr.write(`${code}: ${turn + 1} of ${requests} pairs\n`);
      }
      const { u, z, p } = mannWhitney(times.existing, times.missing);
      alike &&= p > 0.01;
      const of = (values: number[]): string => `median ${median(values).toFixed(3)} ms, p95 ${quantile(values, 0.95).toFixed(3)} ms`;
      say(`refused by ${code}: ${requests} of each; existing ${of(times.existing)}; missing ${of(times.missing)}; U = ${u}, z = ${z.toFixed(2)}, p = ${p.toFixed(4)}`);
    }
    return alike;
  } finally {
    await zone.close();
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
