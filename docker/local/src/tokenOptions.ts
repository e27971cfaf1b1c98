import { parseArgs } from 'node:util';
import { isMemberId, requireIdOf } from '@delta/schema/ids';
import { anchorsOfProvince } from './anchors.js';
import { Refusal } from './refusal.js';
import { issuerFor, type TokenWish } from './requestToken.js';

export const tokenHelp = `npm run --silent token -- --role ROLE [--province CODE] [options]
  --role ROLE          member, branch_secretary, station_clerk, organization_administrator, grid_worker, province_auditor,
                       verifying_system (with --province); zone_operator, dashboard (without)
  --province CODE      31 Shanghai, 32 Jiangsu, 33 Zhejiang, 34 Anhui
  --organization ID    where the role is held, \`root\` for the province's topmost organisation; its example organisation unless given
  --member ID          who, for the role member; the province's first example person unless given
  --subject TEXT       the pseudonym that audits will name
  --expires-in SECONDS life of the token, 3600 unless given`;

/**
 * Reads the token command's options and completes them with the province's example organisation or person.
 * @throws Refusal, or TypeError of parseArgs for an unknown option
 */
export function readTokenOptions(argv: readonly string[]): TokenWish | 'help' {
  const { values } = parseArgs({
    args: [...argv], strict: true, allowPositionals: false,
    options: {
      help: { type: 'boolean', default: false }, role: { type: 'string' }, province: { type: 'string' }, organization: { type: 'string' },
      member: { type: 'string' }, subject: { type: 'string' }, 'expires-in': { type: 'string' },
    },
  });
  if (values.help) return 'help';
  if (values.role === undefined) throw new Refusal('Which role?', 'For example: npm run --silent token -- --role station_clerk --province 31.');
  const province = values.province ?? null;
  const { role, issuer } = issuerFor(values.role, province);
  requireLife(values['expires-in']);

  const { organization, member } = values;
  if (organization !== undefined && issuer.province === null) throw new Refusal(`The role ${role} is held at no organisation.`, 'Leave --organization out.');
  if (organization !== undefined && organization !== 'root' && issuer.province !== null) requireOrganization(issuer.province, organization);
  if (member !== undefined && role !== 'member') throw new Refusal('A member id goes with the role member only.', 'Leave --member out, or use --role member.');
  if (member !== undefined && !isMemberId(member)) throw new Refusal(`\`${member}\` is no member id.`, 'A member id is a UUID of version 7, without province code.');

  const wish = { role, province: issuer.province, subject: values.subject, expiresIn: values['expires-in'] };
  if (issuer.province === null) return wish;
  const place = organization === 'root' ? anchorsOfProvince(issuer.province).rootOrganizationId : organization;
  if (role === 'member') return { ...wish, organization: place, member: member ?? anchorsOfProvince(issuer.province).people[0].id };
  return { ...wish, organization: place ?? anchorsOfProvince(issuer.province).clerkOrganizationId };
}

function requireOrganization(province: string, organization: string): void {
  try {
    requireIdOf(province, organization);
  } catch {
    throw new Refusal(`\`${organization}\` is no organisation of province ${province}.`, `An organisation's id there is ${province}-<uuid>, as its queries return it.`);
  }
}

function requireLife(text: string | undefined): void {
  const seconds = text === undefined ? 1 : /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 86_400) throw new Refusal(`--expires-in cannot be \`${text}\`.`, 'Give seconds from 1 to 86400.');
}
