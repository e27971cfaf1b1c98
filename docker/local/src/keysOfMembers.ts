import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { forgetPerson as forgetCases } from '@delta/runtime/case/index';
import { suiteNames } from '@delta/runtime/crypto/types';
import type { Database } from '@delta/runtime/db/database';
import { countKeysBySeal } from '@delta/runtime/exchange/index';
import { forgetPerson as forgetLookups } from '@delta/runtime/lookup/index';
import { countBySeal, shredMember, shredReasons } from '@delta/runtime/member/index';
import { isMemberId } from '@delta/schema/ids';
import { provinces } from '@delta/schema/provinces';
import { keyFiles } from './home.js';
import type { CommandPlace } from './keysOfService.js';
import { takeLock } from './lock.js';
import { openOwnerDatabase, ownerDatabaseUrl } from './ownerDatabase.js';
import { Refusal } from './refusal.js';
import { addMasterKey, retireMasterKey, rotateMasterKey, type MasterKeyRotation } from './rotateMasterKey.js';
import { openScreen, type Screen } from './screen.js';

const slugs = provinces.map(({ slug }) => slug);

export const keysOfMembersHelp = `npm run keys -- rotate --province ${slugs.join('|')} [--suite ${suiteNames.join('|')}] [--until added]
  Puts a new master key in use and wraps every data key under it, members' and the exchange's, while the province answers. --suite seals anew by another
  suite, under the key in use. Started again after an interruption it goes on where it was. --until added only adds the new key to
  the file, for a province whose processes read copies of it: copy the file to all, then run this again without --until.
npm run keys -- rotate --province PROVINCE --retire VERSION
  Takes a master key out of the file, once no member and nothing that was exchanged is sealed under it.
npm run keys -- status --province PROVINCE
  How many members, and keys of what was exchanged, are sealed by which suite under which version.
npm run keys -- shred --province PROVINCE --member ID --reason ${shredReasons.join('|')}
  Destroys a member's data key and all that is known of the person, for good. The audit keeps the id.
  All of these use DATABASE_URL and DELTA_MASTER_KEY_FILE where they are set, else this machine's database and keys of the province.`;

/** `npm run keys -- … --province …` @throws Refusal, and what the database throws */
export async function keysOfMembers(argv: readonly string[], { home, env, say }: CommandPlace, screen: Screen = openScreen(process.stdout)): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv], strict: true, allowPositionals: true,
    options: {
      province: { type: 'string' }, suite: { type: 'string' }, until: { type: 'string' }, retire: { type: 'string' }, member: { type: 'string' }, reason: { type: 'string' },
    },
  });
  const province = slugs.find((slug) => slug === values.province);
  if (province === undefined) throw new Refusal(`There is no province \`${values.province}\`.`, `Use ${slugs.join(', ')}.`);
  const file = env['DELTA_MASTER_KEY_FILE'] ?? keyFiles(home).master(province);
  const suite = choice('suite', suiteNames, values.suite ?? env['DELTA_CRYPTO_SUITE']);
  const withDatabase = async (work: (db: Database) => Promise<void>): Promise<void> => {
    const db = await openOwnerDatabase(await ownerDatabaseUrl(province, env));
    try {
      await work(db);
    } finally {
      await db.close();
    }
  };
  const rotating = (work: (rotation: MasterKeyRotation) => Promise<void>): Promise<void> => alone(file, () => withDatabase(async (db) => {
    try {
      await work({ province, file, db, suite, say, progress: (done, total) => { screen.progress(province, 'members', done, total); }, keysProgress: (done, total) => { screen.progress(province, 'exchanged keys', done, total); } });
    } finally {
      screen.endProgress();
    }
  }));

  switch (positionals.join(' ')) {
    case 'rotate':
      if (values.retire !== undefined) return rotating((rotation) => retireMasterKey(rotation, values.retire!));
      if (choice('until', ['added'], values.until) === undefined) return rotating(rotateMasterKey);
      return alone(file, async () => { say(`${province}: ${await addMasterKey({ province, file, say })} waits in ${file}. Copy the file to wherever the province runs, then run this again without --until.`); });
    case 'status':
      return withDatabase(async (db) => {
        for (const { suite: by, version, members } of await countBySeal(db)) say(`${province}: ${members} members sealed by ${by} under ${version}`);
        for (const { suite: by, version, keys } of await countKeysBySeal(db)) say(`${province}: ${keys} keys of what was exchanged wrapped by ${by} under ${version}`);
      });
    case 'shred': {
      const { member } = values;
      const reason = choice('reason', shredReasons, values.reason);
      if (member === undefined || !isMemberId(member)) throw new Refusal('Which member?', 'Give --member with an id: a UUID of version 7, without province code.');
      if (reason === undefined) throw new Refusal('Why?', `Give --reason ${shredReasons.join('|')}.`);
      return withDatabase(async (db) => {
        const { at, already } = await shredMember(db, member, reason, new Date(), [forgetLookups, forgetCases]);
        say(already ? `${province}: ${member} was shredded at ${at.toISOString()} already.` : `${province}: ${member} is shredded. The directory is told within seconds; backups of before still hold the sealed record.`);
      });
    }
    default:
      throw new Refusal('The keys of members can be rotated, counted and shredded.', `\n${keysOfMembersHelp}`);
  }
}

function choice<T extends string>(option: string, known: readonly T[], given: string | undefined): T | undefined {
  const found = known.find((each) => each === given);
  if (given !== undefined && found === undefined) throw new Refusal(`--${option} cannot be \`${given}\`.`, `Use ${known.join(', ')}.`);
  return found;
}

/** One command at a time writes to a key file. */
async function alone(file: string, work: () => Promise<void>): Promise<void> {
  const folder = dirname(file);
  // Where nothing can be written (a container's secrets) there is nothing to exclude: rows are renewed by several as well.
  if (await access(folder, constants.W_OK).then(() => false, () => true)) return work();
  const lock = await takeLock(folder, 'master').catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal('Another rotation is at work on these keys.', 'Wait until it has ended.') : error;
  });
  try {
    await work();
  } finally {
    await lock.release();
  }
}
