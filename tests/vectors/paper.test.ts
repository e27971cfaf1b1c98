import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createNodeSigner, createStationState, credentialText, issueCredential, nodePlatform, statusBytes, verifyPass, type TrustList } from '@delta/pass';
import { renderPaperPass, type PaperPass } from '@delta/pass/paper';
import { openSheet, readSheet } from '../support/readSheet.js';

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const [now, day] = [1_800_000_000, 86_400];
const issuer = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const passId = new Uint8Array(randomBytes(16));
const paper: Omit<PaperPass, 'text'> = { maskedName: '欧阳*', issuerName: '安徽省', expires: now + 30 * day - 60, passId: toHex(passId) };
const textOf = async (maskedName: string): Promise<string> =>
  credentialText(await issueCredential({ issuer: '34', notBefore: now - 60, expires: paper.expires, passId, statusIndex: 900_000, class: 'paper', maskedName }, issuer));

const shown = (pdf: Uint8Array): Promise<string> => openSheet(pdf, (document) => document.getPage(0).getText());

describe('a paper pass', () => {
  test('is one A4 page of at most 64 KiB that says in Chinese whose it is, whose word it is, until when, and what to check', async () => {
    const pdf = await renderPaperPass({ ...paper, text: await textOf('欧阳*') });
    expect(pdf.length).toBeLessThan(64 * 1024);
    await openSheet(pdf, (document) => {
      expect(document.getPageCount()).toBe(1);
      expect(document.getPage(0).getOriginalSize()).toEqual({ originalWidth: expect.closeTo(595.28, 1), originalHeight: expect.closeTo(841.89, 1) });
    });
    const text = await shown(pdf);
    for (const line of ['电子活动证（纸质）', '持证人（掩码）', '欧阳*', '签发省', '安徽省', '有效期至', '2027年2月14日 15:59', '证号', '仅限低风险活动；须核对身份证件。']) expect(text).toContain(line);
    expect(text.replaceAll(' ', '')).toContain(paper.passId);
  });

  test('carries a code that is read off the page at 150 dots an inch and admitted by the core, once', async () => {
    const text = await textOf('欧阳*');
    const read = await readSheet(await renderPaperPass({ ...paper, text }));
    expect(read).toBe(text);
    const kid = toHex(issuer.kid);
    const key = { kid, issuer: '34', use: 'pass', algorithm: -7, publicKey: issuer.publicKey, from: now - day, until: now + day, imported: nodePlatform.importKey(issuer.publicKey)! } as const;
    const trust: TrustList = { sequence: 1, issuedAt: now, expires: now + day, keys: [key], compromised: [], peers: [], digest: '', find: (wanted) => (wanted === kid ? key : undefined), isCompromised: () => false };
    const context = { profile: 'ap1', trust, status: () => ({ issuer: '34', kid, issuedAt: now, bytes: statusBytes(1_000_000) }), clock: { wall: now, monotonic: 0 }, state: createStationState(), activity: 'a', session: '1' } as const;
    expect(await verifyPass(read!, context)).toMatchObject({ valid: true, class: 'paper', maskedName: '欧阳*' });
    expect(await verifyPass(read!, context)).toMatchObject({ valid: false, refusal: { code: 'SECOND_USE' } });
  });

  test('shows a rare surname in its own glyph, and 〓 for one that the font lacks', async () => {
    expect(await shown(await renderPaperPass({ ...paper, maskedName: '邴*', text: await textOf('邴*') }))).toContain('邴*');
    expect(await shown(await renderPaperPass({ ...paper, maskedName: '䶮*', text: await textOf('䶮*') }))).toContain('〓*');
  });

  test.each([['of a register\'s private use', '\ue81e'], ['of the private use of another plane', '\u{f0001}'], ['that Unicode has not assigned', '\u{3fffd}']])('shows 〓 for a surname %s, whose credential has the character itself', async (_, surname) => {
    const text = await textOf(`${surname}*`);
    const pdf = await renderPaperPass({ ...paper, maskedName: `${surname}*`, text });
    expect(await shown(pdf)).toContain('〓*');
    expect(await readSheet(pdf)).toBe(text);
  });

  test.each([
    ['a phone\'s code', { text: 'AP2:ABC' }], ['a character outside base45', { text: 'AP1:abc' }], ['more than version 11 holds', { text: `AP1:${'A'.repeat(256)}` }],
    ['a name of two lines', { maskedName: '王*\n李*' }], ['a name that turns the line round', { maskedName: '王\u202e*' }], ['no name', { maskedName: '' }], ['a long issuer', { issuerName: '省'.repeat(21) }],
    ['milliseconds', { expires: now * 1000 }], ['a pass id that is none', { passId: 'x'.repeat(32) }],
  ] satisfies [string, Partial<PaperPass>][])('is not made of %s', async (_, changes) => {
    await expect(renderPaperPass({ ...paper, text: 'AP1:ABC', ...changes })).rejects.toThrow(RangeError);
  });

  test('takes the largest text that version 11 holds, and its code is read', async () => {
    const text = `AP1:${'A'.repeat(255)}`;
    expect(await readSheet(await renderPaperPass({ ...paper, text }))).toBe(text);
  });
});
