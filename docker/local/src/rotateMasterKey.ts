import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnvelope } from '@delta/runtime/crypto/envelope';
import { formatKeyRing, openMasterKeys, parseKeyRing, type KeyRing } from '@delta/runtime/crypto/masterKeys';
import type { SuiteName } from '@delta/runtime/crypto/types';
import type { Database } from '@delta/runtime/db/database';
import { countKeysBySeal, rewrapKeys } from '@delta/runtime/exchange/index';
import { countBySeal, rewrapMembers } from '@delta/runtime/member/index';
import { Refusal } from './refusal.js';
import { replaceFile } from './writeFileOnce.js';

export interface MasterKeyRotation {
  readonly province: string;
  /** The province's master key file. */
  readonly file: string;
  readonly db: Database;
  /** What members are to be sealed by; as most of them are when left out. */
  readonly suite?: SuiteName | undefined;
  readonly say: (line: string) => void;
  readonly progress: (done: number, total: number) => void;
  /** The same for the keys of what was exchanged. */
  readonly keysProgress?: (done: number, total: number) => void;
  /** Time in which every process of the province has seen a changed file. Default 1.5 seconds. */
  readonly settleMs?: number;
}

/** Adds a new version to the key file without using it yet, unless one is waiting already; gives its name. */
export async function addMasterKey({ province, file, say }: Pick<MasterKeyRotation, 'province' | 'file' | 'say'>): Promise<string> {
  const ring = await readRing(file);
  const waiting = waitingVersion(ring);
  if (waiting !== undefined) return waiting;
  const version = `v${newest(ring) + 1}`;
  await writeRing(file, { current: ring.current, keys: { ...ring.keys, [version]: randomBytes(32).toString('base64') } });
  say(`${province}: added master key ${version} to ${file}.`);
  return version;
}

/**
 * Puts a new master key in use and wraps all data keys under it, while the province answers. What was done is read from the key
 * file and the rows, so that a rotation that was killed goes on where it was:
 *  1. Unless members or keys of the exchange are left behind, by an earlier rotation or by a change of suite, a new version is added to the file.
 *  2. It becomes the current one. A process that meets a row of a version it does not know looks at the file at once.
 *  3. After `settleMs` nobody wraps under the old version any more, and the rows are renewed until none is behind.
 * The old version stays in the file until it is retired. @throws Refusal
 */
export async function rotateMasterKey(rotation: MasterKeyRotation): Promise<void> {
  const { province, file, db, say, progress, keysProgress = () => undefined, settleMs = 1_500 } = rotation;
  const counts = await countBySeal(db);
  const suite = rotation.suite ?? [...counts].sort((one, other) => other.members - one.members)[0]?.suite ?? 'aes';
  const before = await readRing(file);
  const behind = counts.filter((count) => count.suite !== suite || count.version !== before.current);
  if (behind.length > 0) say(`${province}: no new key, since members are left to be sealed by ${suite} under ${before.current}: ${behind.map((count) => `${count.members} by ${count.suite} under ${count.version}`).join(', ')}.`);
  const keysBehind = (await countKeysBySeal(db)).filter((count) => count.version !== before.current);
  if (keysBehind.length > 0) say(`${province}: no new key, since keys of what was exchanged are left to be wrapped under ${before.current}: ${keysBehind.map((count) => `${count.keys} under ${count.version}`).join(', ')}.`);

  const version = waitingVersion(before) ?? (behind.length + keysBehind.length > 0 ? before.current : await addMasterKey(rotation));
  if (version !== before.current) {
    await writeRing(file, { ...(await readRing(file)), current: version });
    say(`${province}: ${version} is in use for what is new.`);
  }
  await sleep(Math.max(0, (await stat(file)).mtimeMs + settleMs - Date.now()));

  const envelope = createEnvelope(openMasterKeys(file), suite);
  const { renewed, unreadable } = await rewrapMembers(db, envelope, { onProgress: progress });
  say(`${province}: ${renewed} members are now sealed by ${suite} under ${version}.`);
  const keys = await rewrapKeys(db, envelope, { onProgress: keysProgress });
  if (keys.renewed > 0) say(`${province}: ${keys.renewed} keys of what was exchanged are now wrapped under ${version}.`);
  if (unreadable.length > 0) throw new Refusal(`${unreadable.length} members cannot be opened by any key and were left as they are: ${unreadable.slice(0, 10).join(', ')}.`, 'Restore their rows from a backup, then run this again.');
  if (keys.unreadable.length > 0) throw new Refusal(`The keys of what was exchanged about ${keys.unreadable.length} subjects cannot be opened by any key and were left as they are: ${keys.unreadable.slice(0, 10).join(', ')}.`, 'Restore their rows of exchange_key from a backup, then run this again.');
  const old = Object.keys((await readRing(file)).keys).filter((each) => each !== version);
  if (old.length > 0) say(`${province}: ${old.join(', ')} stays in the file. Take it out with --retire; keep a copy elsewhere for as long as backups of before are kept.`);
}

/** Takes a version out of the key file once no member and nothing that was exchanged needs it. @throws Refusal */
export async function retireMasterKey({ province, file, db, say }: MasterKeyRotation, version: string): Promise<void> {
  const ring = await readRing(file);
  if (!Object.hasOwn(ring.keys, version)) throw new Refusal(`There is no version ${version} in ${file}.`, `Versions: ${Object.keys(ring.keys).join(', ')}.`);
  if (version === ring.current) throw new Refusal(`${version} is in use.`, 'Rotate first: the version before can be retired.');
  const left = (await countBySeal(db)).filter((count) => count.version === version).reduce((sum, { members }) => sum + members, 0);
  if (left > 0) throw new Refusal(`${left} members are still sealed under ${version}.`, `Rotate first: npm run keys -- rotate --province ${province}.`);
  const keysLeft = (await countKeysBySeal(db)).filter((count) => count.version === version).reduce((sum, { keys }) => sum + keys, 0);
  if (keysLeft > 0) throw new Refusal(`${keysLeft} keys of what was exchanged are still wrapped under ${version}.`, `Rotate first: npm run keys -- rotate --province ${province}.`);
  const { [version]: _retired, ...keys } = ring.keys;
  await writeRing(file, { ...ring, keys });
  say(`${province}: ${version} is retired.`);
}

const numberOf = (version: string): number => Number(/^v([0-9]{1,9})$/.exec(version)?.[1] ?? 0);
const newest = ({ keys }: KeyRing): number => Math.max(...Object.keys(keys).map(numberOf));

/** A version that was added after the current one and is not in use yet. */
const waitingVersion = (ring: KeyRing): string | undefined =>
  newest(ring) > numberOf(ring.current) ? `v${newest(ring)}` : undefined;

const readRing = async (file: string): Promise<KeyRing> => parseKeyRing(await readFile(file, 'utf8').catch(() => {
  throw new Refusal(`${file} cannot be read.`, 'Start the zone once, which makes the keys, or set DELTA_HOME.');
}));

/** Keeps the file's mode: where containers mount it, others than its owner read it. */
const writeRing = async (file: string, ring: KeyRing): Promise<void> => {
  await replaceFile(file, formatKeyRing(ring), (await stat(file)).mode & 0o777).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${file} cannot be written (${error.code ?? 'unknown'}).`, 'Change the file where it comes from, as the README of @delta/runtime shows it, then run this again: it renews what is behind.');
  });
};
