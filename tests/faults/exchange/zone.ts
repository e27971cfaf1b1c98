import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision } from '@delta/local/provision';
import { signPeers } from '@delta/runtime/exchange/index';
import { provinces } from '@delta/schema/provinces';
import { loadSigner, loadTrust, type Trust } from '@delta/service/keys';
import type { Patch } from '../../support/patchSource.js';
import { unlimitedLookups } from '../../support/unlimitedLookups.js';
import { openLink, type Link } from './link.js';
import { DrillOwner } from './owner.js';

export const allOwners: readonly string[] = ['zone', ...provinces.map(({ slug }) => slug)];

export interface DrillZoneOptions {
  readonly owners?: readonly string[];
  /** Members a province. */
  readonly members?: number;
  /** Whether what is committed would survive a power cut; without it all goes faster. */
  readonly durable: boolean;
  /** What is changed in our sources before they run. */
  readonly patches?: readonly Patch[];
  /** Where the run makes its folder; the system's place for temporary ones unless given. */
  readonly place?: string;
  /** Leaves databases and logs where they are at the end. */
  readonly keep?: boolean;
}

/** The zone's owners as processes, each with a PostgreSQL of its own, and a link for each direction between two of them. */
export interface DrillZone {
  readonly home: string;
  readonly owners: ReadonlyMap<string, DrillOwner>;
  readonly trust: Trust;
  link(from: string, to: string): Link;
  /** Ends every process and link, and removes the folder. */
  close(): Promise<void>;
}

export async function startDrillZone({ owners: names = allOwners, members = 0, durable, patches = [], place = tmpdir(), keep = false }: DrillZoneOptions): Promise<DrillZone> {
  const home = await mkdtemp(join(place, 'delta-faults-'));
  // As root the database servers run under another account, which must pass through here to its folder.
  await chmod(home, 0o711);
  const owners = new Map<string, DrillOwner>();
  const links = new Map<string, Link>();
  const close = async (): Promise<void> => {
    await Promise.all([...owners.values()].map((owner) => owner.close()));
    await Promise.all([...links.values()].map((link) => link.close()));
    if (!keep) await rm(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  };
  try {
    const keys = await provision(home, { inlineKeys: true });
    const zoneSigner = await loadSigner(keys.signing('zone'));
    const link = (from: string, to: string): Link => links.get(`${from} ${to}`)!;
    for (const from of names) {
      const others = names.filter((name) => name !== from);
      for (const to of others) links.set(`${from} ${to}`, await openLink(() => owners.get(to)?.port));
      // Each owner reaches the others by links of its own.
      await writeFile(join(home, `${from}-peers.jwt`), await signPeers(zoneSigner, others.map((to) => ({ name: to, url: link(from, to).url }))));
    }
    const env = (name: string): Record<string, string> => ({
      PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', DELTA_HOME: home, LOG_LEVEL: 'info',
      DELTA_SIGNING_KEY_FILE: keys.signing(name), DELTA_TRUST_FILE: keys.trust, DELTA_PEERS_FILE: join(home, `${name}-peers.jwt`),
      DELTA_AUDIT_CHECKPOINT_SECONDS: '1', DELTA_TEST_PATCHES: JSON.stringify(patches),
      ...(name === 'zone' ? {} : {
        DELTA_ISSUERS_FILE: keys.issuers, DELTA_BLIND_INDEX_KEY_FILE: keys.blindIndex, DELTA_MASTER_KEY_FILE: keys.master(name),
        DELTA_ZONE_URL: link(name, 'zone').url, DELTA_SYNTHETIC_MEMBERS: String(members), ...unlimitedLookups,
      }),
    });
    const prepared = await Promise.allSettled(names.map((name) => DrillOwner.prepare({ name, home, env: env(name), durable })));
    // In the order of their names, on which a schedule is drawn.
    for (const each of prepared) if (each.status === 'fulfilled') owners.set(each.value.name, each.value);
    for (const each of prepared) if (each.status === 'rejected') throw each.reason;
    await Promise.all([...owners.values()].map((owner) => owner.start(3)));
    return { home, owners, trust: await loadTrust(keys.trust), link, close };
  } catch (error) {
    await close();
    throw error;
  }
}
