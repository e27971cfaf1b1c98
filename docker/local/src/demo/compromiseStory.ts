import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeSigner, issueCredential, signProof, stepAt, type PassSigner } from '@delta/pass';
import { decodeBase45 } from '@delta/pass/lib/base45';
import { provinces } from '@delta/schema/provinces';
import { readCeremonyOptions } from '../ceremonyOptions.js';
import { holdCeremony } from '../holdCeremony.js';
import { keyFiles } from '../home.js';
import { Refusal } from '../refusal.js';
import { provinceOf, until, type DemoZone } from './demoZone.js';
import { enrolPhone } from './demoPhone.js';
import { clear, clerkOf, enrolStation, issue, membersOf, register, revoke, secretaryOf, trusted, verifyOnline } from './passOffice.js';
import type { Story } from './story.js';

const home = '34';
const now = (): number => Math.floor(Date.now() / 1000);
const newKey = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

interface FileKey { readonly use: string; readonly from: number; readonly until: number; readonly key: string }

/** What the thief carries off: the key that a province signs passes with today. */
async function stealIssuingKey(file: string): Promise<PassSigner> {
  const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: readonly FileKey[] };
  const inUse = keys.filter(({ use, from, until: end }) => use === 'pass' && from <= now() && now() < end).sort((a, b) => b.from - a.from)[0];
  return createNodeSigner(createPrivateKey(inUse!.key));
}

/** Passes for nobody, as many as are wanted, under the stolen key. */
async function forge(stolen: PassSigner): Promise<() => Promise<string>> {
  const holder = newKey();
  const credential = await issueCredential({ issuer: home, notBefore: now() - 60, expires: now() + 30 * 86_400, passId: new Uint8Array(randomBytes(16)), statusIndex: 7, class: 'phone', holder: holder.publicKey }, stolen);
  return () => signProof(credential, { step: stepAt(now()), nonce: new Uint8Array(randomBytes(8)) }, holder);
}

/** docker/CEREMONY.md, *When a key is stolen*: the province replaces its key, the operator proposes, two roots sign apart, the zone publishes. */
async function emergencyCeremony({ settings, url }: DemoZone, kid: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'delta-ceremony-'));
  const said: string[] = [];
  const file = (name: string): string => join(directory, name);
  const hold = (...argv: string[]): Promise<void> => holdCeremony(readCeremonyOptions(argv), { home: settings.home, env: process.env, say: (line) => { said.push(line); } });
  try {
    await hold('keys', '--province', provinceOf(home).slug, '--compromise', kid);
    for (let tries = 1; ; tries += 1) {
      try {
        await hold('propose', '--compromise', kid, '--zone', url('zone'), '--out', file('proposal.json'));
        for (const slug of ['anhui', 'shanghai']) await hold('sign', '--proposal', file('proposal.json'), '--province', slug, '--out', file(`${slug}.json`));
        await hold('publish', '--proposal', file('proposal.json'), '--signature', file('anhui.json'), '--signature', file('shanghai.json'), '--zone', url('zone'));
        return said.at(-1)!;
      } catch (error) {
        // The demonstration's own ceremony may have noticed the new key first; then ours is over and is held again.
        if (!(error instanceof Refusal) || tries === 3) throw error;
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const kidOf = (credential: string): string => Buffer.from(decodeBase45(credential, 4, 'credential')).toString('hex');

/** A province's issuing key is stolen: what was issued goes on, what is forged is refused everywhere, and nobody is asked to come back. */
export async function tellCompromiseStory(zone: DemoZone, { step, must, within }: Story): Promise<void> {
  const secretary = await secretaryOf(zone, home);
  const members = await membersOf(zone, home, secretary, 2);
  const clerks = new Map(await Promise.all(provinces.map(async ({ code }): Promise<[string, string]> => [code, await clerkOf(zone, code)])));
  const online = (code: string, text: string): Promise<string> => verifyOnline(zone, code, text, {}, clerks.get(code)!);
  const everywhere = async (show: () => Promise<string>): Promise<string> => {
    const codes = await Promise.all(provinces.map(async ({ code }) => online(code, await show())));
    return [...new Set(codes)].join(', ');
  };
  const endOf = async (id: string): Promise<string> => (await register(zone, home, secretary)).find((row) => row.id === id)!.expiresAt!;
  let session = 0;

  await clear(zone, home, members, secretary);
  const station = await enrolStation(zone);
  for (const { code } of provinces) await trusted(zone, code);
  const before = await step('安徽发证并绑定手机', 'Anhui issues a pass, and a phone is bound to it.', async () => {
    const issued = await issue(zone, home, members[0]!, secretary);
    const phone = await enrolPhone(zone, home, issued.code);
    return { id: issued.id, phone, end: await endOf(issued.id) };
  });
  const onDevice = (text: string): Promise<string> => station.judge(text, { activity: `${home}-drill`, session: String(session += 1) });
  const stolen = await step('签发密钥被盗', 'The key that Anhui signs passes with is carried off.', () => stealIssuingKey(keyFiles(zone.settings.home).passKeys(provinceOf(home).slug)), ({ kid }) => Buffer.from(kid).toString('hex'));
  const kid = Buffer.from(stolen.kid).toString('hex');
  const forged = await forge(stolen);
  await step('伪造的证件此时无法识别', 'Until it is known, a forged pass is as good as any: that is the danger.', async () => {
    await station.pull();
    must('断网核验伪证', await onDevice(await forged()), 'VALID');
    must('联网核验伪证', await everywhere(forged), 'VALID');
  }, () => '四省与断网站均接受');

  const published = performance.now();
  await step('紧急仪式，换钥、提案、两省根密钥分别签名、发布', 'The emergency ceremony: another key in use, the stolen one on the emergency list, two roots sign apart.', () => emergencyCeremony(zone, kid), (said) => said);
  await step('四省自动拉取后拒绝伪证', 'All provinces have pulled the list by themselves and refuse the forged pass.', async () => {
    await until('The refusal everywhere', 90, async () => ((await everywhere(forged)) === 'KEY_COMPROMISED' ? true : undefined));
    within('四省得知', performance.now() - published, 90_000);
  }, () => `发布后 ${((performance.now() - published) / 1000).toFixed(1)} 秒`);
  await step('已发证件凭已签发名单继续有效', 'What Anhui has issued goes on, by its known-issued list.', async () => {
    await until('The known-issued list', 90, async () => ((await everywhere(before.phone.show)) === 'VALID' ? true : undefined));
    await until('The known-issued list at the station', 90, async () => {
      await station.pull();
      return (await onDevice(await before.phone.show())) === 'VALID' ? true : undefined;
    });
    must('断网核验伪证', await onDevice(await forged()), 'KEY_COMPROMISED');
    must('联网核验伪证', await everywhere(forged), 'KEY_COMPROMISED');
  }, () => '四省与断网站：真证有效，伪证拒绝');

  const after = await step('新密钥发证', 'The next key issues.', async () => {
    const issued = await issue(zone, home, members[1]!, secretary);
    const phone = await enrolPhone(zone, home, issued.code);
    must('仍用被盗密钥', kidOf(phone.credential).includes(kid), false);
    must('新证联网核验', await everywhere(phone.show), 'VALID');
    return issued;
  }, () => '四省有效');
  await step('全部证件自动重签，手机续期即得', 'Every pass is signed anew without anybody asking; a phone gets its own when it renews.', async () => {
    // The register's date moves when the batch has signed; the phone has not asked yet.
    await until('The reissue', 60, async () => (await endOf(before.id) > before.end ? true : undefined));
    await before.phone.renew();
    must('仍用被盗密钥', kidOf(before.phone.credential).includes(kid), false);
    must('重签后联网核验', await everywhere(before.phone.show), 'VALID');
    await station.pull();
    must('重签后断网核验', await onDevice(await before.phone.show()), 'VALID');
  }, () => '有效');
  const rows = await register(zone, home, secretary);
  must('登记中的有效证', rows.filter(({ id, state }) => state === 'VALID' && [before.id, after.id].includes(id)).length, 2);
  for (const { id } of [before, after]) await revoke(zone, home, id, 'RETURNED', secretary);
}
