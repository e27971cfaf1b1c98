import { parseArgs } from 'node:util';
import { Refusal } from './refusal.js';
import { owners } from './settings.js';

export const auditHelp = `npm run audit -- verify [--owner ${owners.join('|')}]
  Computes the audit chain anew, beside the running service, and names the first entry that does not fit. Without --owner: those of
  all owners on this machine. The other owners' copies of the signed checkpoints are taken as witnesses where their databases answer.
npm run audit -- status [--owner OWNER]
  Entries, what of them is sealed, the newest signed checkpoint, and the months that are kept.
  --database-url URL        another database of the owner than this machine's (or DATABASE_URL); --owner says whose it is
  --witness OWNER=URL       a database that keeps checkpoints of this owner; several times
  --trust FILE              the trust file, where it is not this machine's
Exit code 0: all chains are whole; 1: one is broken, which standard output names; 2: it could not be looked at (start the zone, or name
the database).`;

export interface AuditOptions {
  readonly act: 'verify' | 'status';
  readonly owners: readonly string[];
  readonly databaseUrl: string | undefined;
  /** Name and database of each witness, or undefined: the other owners of this machine. */
  readonly witnesses: readonly (readonly [string, string])[] | undefined;
  readonly trust: string | undefined;
}

/** @throws Refusal for what the command does not understand */
export function readAuditOptions(argv: readonly string[], env: NodeJS.ProcessEnv): AuditOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv], strict: true, allowPositionals: true,
    options: {
      help: { type: 'boolean' }, owner: { type: 'string' }, 'database-url': { type: 'string' }, witness: { type: 'string', multiple: true }, trust: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  const [act, ...rest] = positionals;
  if ((act !== 'verify' && act !== 'status') || rest.length > 0) throw new Refusal('What about the audit?', `\n${auditHelp}`);
  const { owner } = values;
  if (owner !== undefined && !owners.includes(owner)) throw new Refusal(`There is no owner \`${owner}\`.`, `Use one of ${owners.join(', ')}.`);
  const databaseUrl = values['database-url'] ?? env['DATABASE_URL'];
  if (databaseUrl !== undefined && owner === undefined) throw new Refusal('Whose database is it?', `Add --owner ${owners.join('|')}.`);
  const witnesses = values.witness?.map((text): readonly [string, string] => {
    const cut = text.indexOf('=');
    if (cut < 1) throw new Refusal(`--witness ${text} names no database.`, 'Use --witness shanghai=postgres://….');
    return [text.slice(0, cut), text.slice(cut + 1)];
  });
  return { act, owners: owner === undefined ? owners : [owner], databaseUrl, witnesses: witnesses ?? (databaseUrl === undefined ? undefined : []), trust: values.trust };
}
