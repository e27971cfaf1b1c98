import { expect, test } from '@jest/globals';
import { createSigner, createTrust, generateKeyPair } from '@delta/service/keys';
import { createLetters, letterBytes } from './letters.js';

const pairs = { shanghai: await generateKeyPair('shanghai'), jiangsu: await generateKeyPair('jiangsu'), later: await generateKeyPair('jiangsu'), anhui: await generateKeyPair('anhui') };
const trust = await createTrust({ keys: { shanghai: [pairs.shanghai.publicKey], jiangsu: [pairs.jiangsu.publicKey, pairs.later.publicKey], anhui: [pairs.anhui.publicKey] } });
const lettersOf = async (pair: keyof typeof pairs, known = trust) => createLetters(await createSigner(pairs[pair].privateKey), known);
const content = Buffer.from('赵示例 349999197511148373');

test('a letter is opened by its receiver, with either of the two keys that the trust list holds while one is being replaced', async () => {
  const letter = await (await lettersOf('shanghai')).close('jiangsu', content);
  for (const pair of ['jiangsu', 'later'] as const) expect(await (await lettersOf(pair)).open(letter)).toEqual({ from: 'shanghai', content });
  expect(letter.length - content.length).toBeLessThan(letterBytes);
});

test('nobody else opens it, its writer and the broker included, and nothing of it is legible', async () => {
  const letter = await (await lettersOf('shanghai')).close('jiangsu', content);
  for (const pair of ['anhui', 'shanghai'] as const) expect(await (await lettersOf(pair)).open(letter)).toBeUndefined();
  expect(letter.toString('latin1')).not.toContain(content.toString('latin1'));
  expect(letter.toString()).not.toMatch(/示例|3499991975/);
});

test('changed anywhere, cut, or of a stranger, it is not opened, and nothing is thrown', async () => {
  const [letters, receiver] = [await lettersOf('shanghai'), await lettersOf('jiangsu')];
  const letter = await letters.close('jiangsu', content);
  for (let at = 0; at < letter.length; at += 7) {
    const changed = Buffer.from(letter);
    changed[at]! ^= 1;
    const opened = await receiver.open(changed);
    // What is for another of the receiver's keys may be anything: it is not looked at.
    if (opened) expect(opened).toEqual({ from: 'shanghai', content });
    else expect(opened).toBeUndefined();
  }
  const body = letter.indexOf(10) + 1;
  for (let at = body; at < letter.length; at += 3) {
    const changed = Buffer.from(letter);
    changed[at]! ^= 1;
    expect(await receiver.open(changed)).toBeUndefined();
  }
  for (const cut of [0, 1, body, letter.length - 1]) expect(await receiver.open(letter.subarray(0, cut))).toBeUndefined();
  const without = await createTrust({ keys: { jiangsu: [pairs.jiangsu.publicKey] } });
  expect(await (await lettersOf('jiangsu', without)).open(letter)).toBeUndefined();
  await expect(letters.close('nowhere', content)).rejects.toThrow('no key of nowhere');
});

test('no two letters of one content are alike', async () => {
  const letters = await lettersOf('shanghai');
  expect((await letters.close('jiangsu', content)).equals(await letters.close('jiangsu', content))).toBe(false);
});
