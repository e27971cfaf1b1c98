import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKeyPair, type JWK, type RetiredKey } from '@delta/service/keys';
import { keyFiles, type KeyFiles } from './home.js';
import { takeLock } from './lock.js';
import { Refusal } from './refusal.js';
import { replaceFile, writeFileOnce } from './writeFileOnce.js';

/**
 * Replaces the key a service signs with, while it and everybody who verifies it run. Services look at their key files once a
 * second (followFile), so that each phase only has to wait until all have seen it:
 *  1. The new key is noted in a file of its own. That it exists means: a rotation is under way.
 *  2. `announced`: its public half is added to the trust file. After `settleMs` everybody would accept it.
 *  3. `signing`: it takes the place of the signing key, in one step.
 *  4. `retired`: once nothing that the old key signed is valid any more, the old key is moved to the list's `retired` keys, by which
 *     records are verified and requests are not, and the note is removed.
 * Every phase finds out from the files whether it was done, so that a rotation that was killed anywhere goes on where it was.
 */
export const rotationSteps = ['announced', 'signing', 'retired'] as const;

/** The longest life of anything a service signs for a request (a lookup's grant), clocks that lie apart, and a look at the file. */
const longestLifeMs = 5 * 60_000 + 5_000 + 2_000;

export interface RotationOptions {
  readonly until?: (typeof rotationSteps)[number];
  readonly say: (line: string) => void;
  /** Time in which every service has seen a changed file. Default 5 seconds. */
  readonly settleMs?: number;
  /** Time after which nothing is valid that the old key signed. */
  readonly lifeMs?: number;
}

interface Rotation { readonly old: string; readonly next: { readonly privateKey: JWK; readonly publicKey: JWK } }
interface TrustList { readonly keys: Readonly<Record<string, readonly JWK[]>>; readonly retired?: Readonly<Record<string, readonly RetiredKey[]>> }

/** @throws Refusal when there is nothing to rotate, or a rotation is at work already */
export async function rotateSigningKey(home: string, service: string, { until = 'retired', say, settleMs = 5_000, lifeMs = longestLifeMs }: RotationOptions): Promise<void> {
  const files = keyFiles(home);
  const signing = (await readJson(files.signing(service)).catch(() => { throw new Refusal(`${files.signing(service)} is no key.`, 'Start the zone once, which makes the keys, or set DELTA_HOME.'); })) as JWK;
  await mkdir(files.directory, { recursive: true });
  // All rotations write to one trust file. The keys' folder has locks of its own: the zone's lock is held while it runs.
  const lock = await takeLock(files.directory, 'rotation').catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal('Another rotation is at work on these keys.', 'Wait until it has ended.') : error;
  });
  try {
    const note = join(files.directory, `${service}.rotation.json`);
    const found = await readJson(note).catch(() => null);
    if (!found) await writeFileOnce(note, json({ old: signing.kid, next: await generateKeyPair(service) }));
    const { old, next } = (await readJson(note)) as Rotation;
    const { kid } = next.publicKey;
    say(found ? `${service}: going on with the rotation from ${old} to ${kid}.` : `${service}: rotating from ${old} to ${kid}.`);

    await announce(files, service, next.publicKey);
    say(`${service}: ${kid} is announced in ${files.trust}.`);
    if (until === 'announced') {
      say(`Whoever keeps a trust file of their own adds this key to it; then run this again without --until:\n${json(next.publicKey).trim()}`);
      return;
    }

    if (((await readJson(files.signing(service))) as JWK).kid !== kid) {
      await waitUntil((await stat(files.trust)).mtimeMs + settleMs, (seconds) => { say(`${service}: waiting ${seconds} s until every service has seen it.`); });
      await replaceSame(files.signing(service), json(next.privateKey));
    }
    say(`${service}: signs with ${kid}.`);
    if (until === 'signing') return;

    await waitUntil((await stat(files.signing(service))).mtimeMs + lifeMs, (seconds) => { say(`${service}: waiting ${seconds} s until nothing is valid that ${old} signed.`); });
    await retire(files, service, old, Math.ceil((await stat(files.signing(service))).mtimeMs / 1000) + Math.ceil(settleMs / 1000));
    await rm(note);
    say(`${service}: ${old} is retired.`);
  } finally {
    await lock.release();
  }
}

async function announce(files: KeyFiles, service: string, key: JWK): Promise<void> {
  const list = await readTrust(files);
  const known = list.keys[service] ?? [];
  if (known.some(({ kid }) => kid === key.kid)) return;
  await replaceSame(files.trust, json({ ...list, keys: { ...list.keys, [service]: [...known, key] } }));
}

async function retire(files: KeyFiles, service: string, kid: string, at: number): Promise<void> {
  const list = await readTrust(files);
  const known = list.keys[service] ?? [];
  const leaving = known.filter((key) => key.kid === kid).map((key) => ({ ...key, retired: at }));
  if (leaving.length === 0) return;
  await replaceSame(files.trust, json({
    keys: { ...list.keys, [service]: known.filter((key) => key.kid !== kid) },
    retired: { ...list.retired, [service]: [...(list.retired?.[service] ?? []), ...leaving] },
  }));
}

const readTrust = async (files: KeyFiles): Promise<TrustList> => (await readJson(files.trust)) as TrustList;

/** Keeps the file's mode: where containers mount it, others than its owner read it. */
const replaceSame = async (file: string, text: string): Promise<void> => replaceFile(file, text, (await stat(file)).mode & 0o777);

async function waitUntil(moment: number, tell: (seconds: number) => void): Promise<void> {
  const left = moment - Date.now();
  if (left <= 0) return;
  tell(Math.ceil(left / 1000));
  await sleep(left);
}

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
