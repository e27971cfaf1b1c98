import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { issueBatch, keysUnder, loadPassKeys, reissueBatch, type SigningServices } from '@delta/runtime/pass/index';
import { storedTrustList } from '@delta/runtime/passLists/index';
import { passPlaces } from '@delta/runtime/server/settings';
import { provinces } from '@delta/schema/provinces';
import { readConfig } from '@delta/service/config';
import { keyFiles } from './home.js';
import type { CommandPlace } from './keysOfService.js';
import { openOwnerDatabase, ownerDatabaseUrl } from './ownerDatabase.js';
import { loadRoots } from './passRoot.js';
import { Refusal } from './refusal.js';

const slugs = provinces.map(({ slug }) => slug);

export const passesHelp = `npm run passes -- print --province ${slugs.join('|')} --organization ID [--replace] > sheets.ndjson
  Issues a pass on paper to every member of the organisation and those below it to whom one may be issued, and writes what each sheet is
  made of, a line of JSON each. The lines bear masked names: keep them as you would keep the sheets. Started again it passes over who has one; --replace ends those.
npm run passes -- reissue --province PROVINCE --key KID
  Signs the phones' passes of a key anew under the key in use; each phone gets its own when it renews.
npm run passes -- keys --province PROVINCE
  The province's keys: what for, and when each is in use.
  All of these use DATABASE_URL, DELTA_PASS_KEYS_FILE, DELTA_PASS_ROOTS_FILE and DELTA_PASS_PLACES where they are set, else this machine's database, keys and roots of the province.
  DELTA_PASS_PLACES must be what the province runs with.`;

/** `npm run passes -- …` @throws Refusal, and what the verbs throw */
export async function passesOfProvince(argv: readonly string[], { home, env, say }: CommandPlace, out: Writable, signal: AbortSignal): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv], strict: true, allowPositionals: true,
    options: { province: { type: 'string' }, organization: { type: 'string' }, replace: { type: 'boolean' }, key: { type: 'string' } },
  });
  if (positionals.length === 0) throw new Refusal('Which step?', `\n${passesHelp}`);
  const entry = provinces.find(({ slug }) => slug === values.province);
  if (!entry) throw new Refusal(`There is no province \`${values.province}\`.`, `Use ${slugs.join(', ')}.`);
  const { places } = readConfig({ places: passPlaces }, env);
  const keys = await loadPassKeys(env['DELTA_PASS_KEYS_FILE'] || keyFiles(home).passKeys(entry.slug));

  const write = async (line: string): Promise<void> => { if (!out.write(`${line}\n`)) await once(out, 'drain'); };
  const withDatabase = async (work: (services: SigningServices) => Promise<void>): Promise<void> => {
    const db = await openOwnerDatabase(await ownerDatabaseUrl(entry.slug, env));
    try {
      // As the province itself: under a trust list, no key signs that it does not name.
      const trust = await storedTrustList(db, () => loadRoots(env['DELTA_PASS_ROOTS_FILE'] || keyFiles(home).passRoots));
      await work({ db, entry, now: () => new Date(), passes: { keys: keysUnder(keys, () => trust), places } });
    } finally {
      await db.close();
    }
  };

  switch (positionals.join(' ')) {
    case 'print': {
      const { organization, replace = false } = values;
      if (!organization?.startsWith(`${entry.code}-`)) throw new Refusal('Which organisation?', `Give --organization with an id of ${entry.name}.`);
      return withDatabase(async (services) => {
        let issued = 0;
        for await (const page of issueBatch(services, { organizationId: organization, replace, signal })) {
          for (const sheet of page) await write(JSON.stringify(sheet));
          issued += page.length;
        }
        say(`${entry.slug}: ${issued} passes on paper were issued${signal.aborted ? '; it was stopped, and goes on where it was when it is started again' : ''}.`);
      });
    }
    case 'reissue': {
      const { key: kid } = values;
      if (kid === undefined || !/^[0-9a-f]{16}$/.test(kid)) throw new Refusal('Which key?', 'Give --key with sixteen hexadecimal digits, as `npm run passes -- keys` shows them.');
      return withDatabase(async (services) => {
        let signed = 0;
        for await (const count of reissueBatch(services, { kid, signal })) signed += count;
        say(`${entry.slug}: ${signed} phones' passes were signed anew.`);
      });
    }
    case 'keys':
      for (const { kid, use, from, until } of await keys.list()) await write([kid, use, new Date(from * 1000).toISOString(), new Date(until * 1000).toISOString()].join('  '));
      return undefined;
    default:
      throw new Refusal('Passes can be printed and reissued.', `\n${passesHelp}`);
  }
}
