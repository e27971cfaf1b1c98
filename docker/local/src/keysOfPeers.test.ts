import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadPeers } from '@delta/runtime/exchange/peers';
import { loadTrust } from '@delta/service/keys';
import { keyFiles } from './home.js';
import { keysOfPeers } from './keysOfPeers.js';
import { provision } from './provision.js';

let home: string;
const said: string[] = [];
const all = ['zone=http://zone:4010', 'shanghai=http://shanghai:4031', 'jiangsu=http://jiangsu:4032', 'zhejiang=http://zhejiang:4033', 'anhui=https://anhui.example'];
const peers = (...words: string[]): Promise<void> => keysOfPeers(['peers', ...words], { home, env: {}, say: (line) => { said.push(line); } });
const read = async (own: string) => (await loadPeers(keyFiles(home).peers, { own, trust: await loadTrust(keyFiles(home).trust) })).list();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-peers-'));
  await provision(home);
});
afterAll(() => rm(home, { recursive: true, force: true }));

test('a new home\'s list names nobody, and provisioning again keeps what was signed since', async () => {
  expect(await read('anhui')).toEqual([]);
  await peers(...all);
  await provision(home);
  expect(await read('shanghai')).toEqual([
    { name: 'zone', url: 'http://zone:4010' }, { name: 'jiangsu', url: 'http://jiangsu:4032' }, { name: 'zhejiang', url: 'http://zhejiang:4033' }, { name: 'anhui', url: 'https://anhui.example' }]);
});

test('a list that does not name each owner once, or a place that is no address, is refused and changes nothing', async () => {
  await peers(...all);
  const before = await readFile(keyFiles(home).peers, 'utf8');
  for (const words of [[], all.slice(1), [...all, all[0]!], [...all.slice(1), 'moon=http://moon'], [...all.slice(1), 'zone=ftp://zone'], [...all.slice(1), 'zone']]) await expect(peers(...words)).rejects.toThrow();
  expect(await readFile(keyFiles(home).peers, 'utf8')).toBe(before);
});

test('a list that the zone did not sign is not taken', async () => {
  await peers(...all);
  const token = await readFile(keyFiles(home).peers, 'utf8');
  await writeFile(keyFiles(home).peers, token.replace(/.\n$/, (end) => (end.startsWith('A') ? 'B\n' : 'A\n')));
  await expect(read('anhui')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
