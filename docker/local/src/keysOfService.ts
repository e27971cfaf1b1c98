import { parseArgs } from 'node:util';
import { signers } from './provision.js';
import { Refusal } from './refusal.js';
import { rotateSigningKey, rotationSteps } from './rotateSigningKey.js';

/** Where a command works and whom it tells. */
export interface CommandPlace {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export const keysOfServiceHelp = `npm run keys -- rotate --service ${signers.join('|')} [--until ${rotationSteps.join('|')}]
  Replaces the key a service signs with, while everything runs: announces the new public key in the trust file, signs with the new
  key, and takes the old one out of use when nothing signed with it is valid any more (five minutes). Started again after an
  interruption, or after --until, it goes on where it was. --until announced prints the new public key, for trust files kept by others.`;

/** `npm run keys -- rotate --service …` @throws Refusal */
export async function keysOfService(argv: readonly string[], { home, say }: CommandPlace): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: { service: { type: 'string' }, until: { type: 'string' } } });
  if (positionals.length !== 1 || positionals[0] !== 'rotate') throw new Refusal('A service\'s key can be rotated only.', keysOfServiceHelp);
  const service = signers.find((name) => name === values.service);
  if (service === undefined) throw new Refusal(`No service is called ${values.service}.`, `Services that sign: ${signers.join(', ')}.`);
  const until = values.until === undefined ? 'retired' : rotationSteps.find((step) => step === values.until);
  if (until === undefined) throw new Refusal(`There is no step ${values.until}.`, `Steps: ${rotationSteps.join(', ')}.`);
  await rotateSigningKey(home, service, { until, say });
}
