import { parseArgs } from 'node:util';
import { isPeer } from '@delta/runtime/exchange/peers';
import { keyFiles } from './home.js';
import type { CommandPlace } from './keysOfService.js';
import { writePeers } from './provision.js';
import { Refusal } from './refusal.js';
import { owners } from './settings.js';

export const keysOfPeersHelp = `npm run keys -- peers ${owners.map((name) => `${name}=URL`).join(' ')}
  Signs the list of owners that exchange events, with the zone's key, and puts it in the place of the one before. Where owners keep
  files of their own, the zone's operator runs this and hands out keys/peers.jwt; services take it up within a second.`;

/** `npm run keys -- peers …` @throws Refusal */
export async function keysOfPeers(argv: readonly string[], { home, say }: CommandPlace): Promise<void> {
  const { positionals: [, ...pairs] } = parseArgs({ args: [...argv], strict: true, allowPositionals: true });
  const peers = pairs.map((pair) => {
    const at = pair.indexOf('=');
    const [name, url] = [pair.slice(0, at), pair.slice(at + 1)];
    if (!owners.includes(name)) throw new Refusal(`No owner is called ${name || pair}.`, `Owners: ${owners.join(', ')}.`);
    if (!isPeer({ name, url })) throw new Refusal(`${url} is no address of ${name}.`, 'Give one like https://anhui.example:4034.');
    return { name, url };
  });
  const missing = owners.filter((owner) => !peers.some(({ name }) => name === owner));
  if (missing.length > 0 || peers.length > owners.length) throw new Refusal(`The list must name each owner once; ${missing.length > 0 ? `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing` : 'one is there twice'}.`, keysOfPeersHelp);
  await writePeers(keyFiles(home), peers).catch(() => { throw new Refusal('The zone\'s signing key is not here.', 'Run this where the zone\'s keys are, or set DELTA_HOME.'); });
  say(`The list of peers is signed: ${peers.map(({ name, url }) => `${name} ${url}`).join(', ')}.`);
}
