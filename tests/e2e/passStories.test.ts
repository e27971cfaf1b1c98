import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build, LocalZone } from './localZone.js';

/** The commands that show the pass, on a zone as `npm start` runs it: each step is checked by the command itself, which fails otherwise. */
let zone: LocalZone;
beforeAll(async () => {
  await build();
  zone = await LocalZone.prepare();
  await zone.start('--members', '300');
}, 180_000);
afterAll(async () => { await zone?.remove(); }, 60_000);

const tell = (command: string): Promise<string> => zone.command(command);

test('a pass is issued in Anhui, verified in Jiangsu online and offline, revoked within a second, and printed', async () => {
  const told = await tell('demoPass');
  expect(told).toContain('全部符合');
  expect(told).toMatch(/18\. /);
}, 120_000);

test('a stolen issuing key goes to the emergency list: forgeries are refused everywhere, what was issued goes on and is signed anew', async () => {
  const told = await tell('drillPass');
  expect(told).toContain('全部符合');
  expect(told).toMatch(/ 8\. /);
  // Told again, now with another key in use, and with the same members.
  expect(await tell('demoPass')).toContain('全部符合');
}, 240_000);
