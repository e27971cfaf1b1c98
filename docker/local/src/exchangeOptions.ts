import { parseArgs } from 'node:util';
import { Refusal } from './refusal.js';

export const exchangeHelp = `npm run exchange -- status [--once] [--zone HOME]
  How far events have come between all owners of the zone on this machine, redrawn every second; Ctrl-C ends it.
  --once        one plain table; also where standard output is no terminal
  --zone HOME   the zone of another home than DELTA_HOME; ports and databases are those of this environment, as for npm start
Exit code 0; 2 when there is nothing to look at, or for what it does not understand.`;

export interface ExchangeOptions {
  readonly once: boolean;
  /** Home of the zone, where it is not DELTA_HOME. */
  readonly zone: string | undefined;
}

/** @throws Refusal with the usage for what the command does not understand */
export function readExchangeOptions(argv: readonly string[]): ExchangeOptions | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [act, ...rest] = positionals;
  if (act !== 'status') throw new Refusal(act === undefined ? 'What about the exchange?' : `There is no \`exchange ${act}\`.`, `\n${exchangeHelp}`);
  if (rest.length > 0) throw new Refusal(`\`exchange status\` takes no \`${rest.join(' ')}\`.`, `\n${exchangeHelp}`);
  if (values.zone === '') throw new Refusal('--zone names no home.', `\n${exchangeHelp}`);
  return { once: values.once ?? false, zone: values.zone };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: { help: { type: 'boolean' }, once: { type: 'boolean' }, zone: { type: 'string' } } });
  } catch (error) {
    throw new Refusal((error as Error).message.split('\n', 1)[0]!, `\n${exchangeHelp}`);
  }
}
