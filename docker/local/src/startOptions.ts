import { parseArgs } from 'node:util';
import { Refusal } from './refusal.js';

export interface StartOptions {
  readonly help: boolean;
  readonly reset: boolean;
  /** Synthetic members a province loads into an empty database; undefined leaves it to the province (10,000). */
  readonly members: number | undefined;
}

const mostMembers = 1_000_000;

/** Reads the command line of a start. @throws Refusal, or TypeError of parseArgs for an unknown option */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...argv], strict: true, allowPositionals: false,
    options: { help: { type: 'boolean', default: false }, reset: { type: 'boolean', default: false }, 'no-data': { type: 'boolean', default: false }, members: { type: 'string' } },
  });
  if (values['no-data'] && values.members !== undefined) throw new Refusal('--no-data and --members contradict each other.', 'Give one of them.');
  return { help: values.help, reset: values.reset, members: values['no-data'] ? 0 : readMembers(values.members) };
}

function readMembers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const members = /^[0-9]{1,7}$/.test(text) ? Number(text) : mostMembers + 1;
  if (members > mostMembers) throw new Refusal(`--members must be a whole number from 0 to ${mostMembers}.`, 'For example: --members 10000.');
  return members;
}

export const startHelp = (command: string): string => `${command} [-- options]
  --members N   synthetic members a province, for an empty database (10000)
  --no-data     no synthetic members
  --reset       remove all data, keys and logs of this home first
  --help        this text
Where things lie and listen: DELTA_HOME, PORT, DELTA_<SERVICE>_PORT, DELTA_<OWNER>_POSTGRES_PORT, DELTA_<OWNER>_DATABASE_URL, DELTA_<OWNER>_DATABASE_OWNER_URL (docker/local/README.md).`;
