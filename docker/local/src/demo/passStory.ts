import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { anchorsOfProvince } from '../anchors.js';
import { replaceFile } from '../writeFileOnce.js';
import type { DemoZone } from './demoZone.js';
import { enrolPhone } from './demoPhone.js';
import { clear, clerkOf, enrolStation, issue, membersOf, revoke, secretaryOf, trusted, verifyOnline } from './passOffice.js';
import type { Story } from './story.js';
import { withoutNetwork } from './withoutNetwork.js';

const [home, host] = ['34', '32'];

/** One pass, any province: issued in Anhui, proven, verified in Jiangsu with and without a network, revoked, refused; then on paper. */
export async function tellPassStory(zone: DemoZone, { step, must, within }: Story): Promise<void> {
  const [secretary, clerk] = await Promise.all([secretaryOf(zone, home), clerkOf(zone, host)]);
  const [holder, paperHolder] = (await membersOf(zone, home, secretary, 2)) as [string, string];
  const { stationId } = anchorsOfProvince(host);
  const activity = `${host}-${randomUUID()}`;
  const showing = { activity, session: '1', stationId };
  const online = (text: string, more: object = {}): Promise<string> => verifyOnline(zone, host, text, { ...showing, ...more }, clerk);

  await clear(zone, home, [holder, paperHolder], secretary);
  const station = await step('服务站登记，固定四省根密钥', 'A station pins the provinces\' roots; the fingerprint is compared with what hangs on the wall.', () => enrolStation(zone), ({ fingerprint }) => fingerprint);
  await station.pull();
  await trusted(zone, host);

  const issued = await step('安徽发证，支部书记登记，当面给出一次性绑定码', 'Anhui issues: the secretary enters the pass and hands over a one-time code.', () => issue(zone, home, holder, secretary), ({ code }) => `${code.replaceAll('-', '').length} 位码，15 分钟内有效`);
  const phone = await step('手机绑定，密钥在手机内生成，不能导出', 'The phone makes its key and is given a credential without a name.', () => enrolPhone(zone, home, issued.code), ({ credential }) => `凭证 ${credential.length} 个字符`);

  const first = await phone.show();
  await step('江苏服务站联网核验', 'A station of Jiangsu verifies online.', async () => { must('联网核验', await online(first), 'VALID'); }, () => '有效');
  await step('同一动态码再次出示（截屏）', 'The same code again, as from a screenshot: refused.', async () => { must('重放', await online(first, { session: '2' }), 'PROOF_REPLAYED'); }, () => '拒绝，已使用过');
  await step('同一场次再次出示新码', 'Another code for the same session: counted already.', async () => { must('重复计次', await online(await phone.show()), 'SECOND_USE'); }, () => '拒绝，本场已计');
  await step('高风险活动，须回应服务站挑战码', 'Where the risk is high only an answer to the station\'s challenge counts.', async () => {
    const high = { activity: `${host}-${randomUUID()}`, risk: 'HIGH' };
    must('未用挑战码', await online(await phone.show(), high), 'CHALLENGE_REQUIRED');
    const { challenge } = await zone.act<{ challenge: { id: string; text: string } }>(host, 'openPassChallenge', 'OpenPassChallengeInput', 'challenge { id text }', { stationId, activity: high.activity, clientKey: randomUUID() }, clerk);
    must('挑战码', await online(await phone.show(challenge.text), { ...high, challengeId: challenge.id }), 'VALID');
  }, () => '静态码拒绝，应答有效');

  await step('服务站从公开地址拉取名单', 'The station pulls trust, status and known-issued lists from their public routes.', () => station.pull(), (bytes) => `共 ${bytes} 字节`);
  const offline = await phone.show();
  const onDevice = (text: string, more: object = {}): Promise<string> => withoutNetwork(() => station.judge(text, { activity, session: '1', ...more }));
  await step('断网核验', 'Without a network: by the lists alone.', async () => { must('断网核验', await onDevice(offline), 'VALID'); }, () => '有效');
  await step('断网重放', 'The same code again without a network: refused.', async () => { must('断网重放', await onDevice(offline, { session: '2' }), 'PROOF_REPLAYED'); }, () => '拒绝');

  await step('安徽吊销（遗失）', 'Anhui revokes the pass as lost.', () => revoke(zone, home, issued.id, 'LOST', secretary));
  await step('江苏联网站得知吊销', 'Jiangsu refuses online, measured from the answer to the revocation.', async () => {
    const started = performance.now();
    let code: string;
    do code = await online(await phone.show(), { session: randomUUID() }); while (code === 'VALID' && performance.now() - started < 5_000);
    const took = performance.now() - started;
    must('吊销后联网核验', code, 'REVOKED');
    within('吊销生效', took, 1_000);
    return took;
  }, (took) => `${took.toFixed(0)} 毫秒后拒绝`);
  await step('断网站在下次拉取之前仍按旧名单', 'Until its next pull a station without a network still goes by its older list: the price of working without one.', async () => { must('旧名单', await onDevice(await phone.show(), { session: '3' }), 'VALID'); }, () => '仍接受');
  await step('下次拉取之后断网核验', 'After the next pull it refuses.', async () => {
    await station.pull();
    must('新名单', await onDevice(await phone.show(), { session: '4' }), 'REVOKED');
  }, () => '拒绝，已吊销');

  const paper = await step('安徽打印纸质证', 'Anhui prints a pass on paper for who has no phone.', async () => {
    const printed = await zone.act<{ pass: { id: string }; pdf: string; text: string }>(home, 'printPass', 'PrintPassInput', 'pass { id } pdf text', { memberId: paperHolder, clientKey: randomUUID() }, secretary);
    const file = join(zone.settings.home, 'demo-paper-pass.pdf');
    await replaceFile(file, Buffer.from(printed.pdf, 'base64'));
    return { ...printed, file };
  }, ({ file }) => file);
  await step('江苏核验纸质证，人工核对身份证件', 'Jiangsu verifies it; the identity document is checked by hand.', async () => { must('纸质证', await online(paper.text), 'VALID'); }, () => '有效一次');
  await step('纸质证再次使用', 'The second use for the same activity is refused.', async () => { must('二次使用', await online(paper.text, { session: '2' }), 'SECOND_USE'); }, () => '拒绝');
  await step('纸质证用于高风险活动', 'Paper is refused where the risk is high.', async () => { must('高风险', await online(paper.text, { activity: `${host}-${randomUUID()}`, risk: 'HIGH' }), 'PAPER_NOT_ALLOWED'); }, () => '拒绝');
  await revoke(zone, home, paper.pass.id, 'RETURNED', secretary);
}
