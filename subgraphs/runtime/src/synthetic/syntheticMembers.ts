import { provinces } from '@delta/schema/provinces';
import { divisionsInForce, fullName } from '../division/index.js';
import { dateParts, dateText, dayNumber, referenceDay } from './calendar.js';
import { checkSyntheticConfig } from './checkSyntheticConfig.js';
import { createDraw, fraction, pick } from './draw.js';
import { memberField } from './fields.js';
import { createIdNumberPlan } from './idNumberPlan.js';
import { firstBranch, newcomerBranch, otherBranch } from './patterns.js';
import { createPlaceDraws } from './places.js';
import { syntheticName } from './syntheticName.js';
import { syntheticOrganizations } from './syntheticOrganizations.js';
import type { OrganizationKind, SyntheticConfig, SyntheticMember, SyntheticOrganization } from './types.js';
import { uuidV7 } from './uuid.js';

/** Ids of members: 2025-01-02T00:00:00Z and one millisecond a member, so that a load fills the primary key from left to right. */
const idTime = Date.UTC(2025, 0, 2);

/** Share of the members in the anchor branch: pages of it can be shown without thousands of others. */
const anchorShare = 0.004;

const phonePrefixes = ['103', '113', '129'] as const;
const phonesPerPrefix = 10_000_000;

const homeKinds: ReadonlySet<OrganizationKind> = new Set(['BRANCH', 'VILLAGE_UNIT', 'BUILDING_BRANCH', 'PARK_BRANCH', 'NEWCOMER_BRANCH', 'MOBILE_BRANCH']);
const hostKinds: ReadonlySet<OrganizationKind> = new Set(['BRANCH', 'BUILDING_BRANCH', 'PARK_BRANCH', 'NEWCOMER_BRANCH', 'MOBILE_BRANCH', 'TEMPORARY_PROJECT_BRANCH']);

const isHost = ({ kind, acceptsMobileMembers, divisionCode }: SyntheticOrganization): boolean =>
  // A county's mobile branch is one away from home; those of towns are there for arrivals.
  acceptsMobileMembers && hostKinds.has(kind) && !(kind === 'MOBILE_BRANCH' && divisionCode.length === 6);

function externalHomeIn(divisionCode: string): { text: string; divisionCode: string } {
  const name = fullName(divisionCode)!;
  return { text: `${name}示例${name.endsWith('区') ? '街道' : '乡'}党支部`, divisionCode };
}

/** The day of joining: from the eighteenth birthday, mostly within ten years of it, never after the reference day. */
function joinedDay(birthDay: number, draw1: number, draw2: number): number {
  const [year, month, day] = dateParts(birthDay);
  const first = dayNumber(year + 18, month, day);
  const span = Math.min(referenceDay - first, 30 * 365);
  return first + Math.floor(fraction(draw1) * fraction(draw2) * (span + 1));
}

function createMemberSource(config: SyntheticConfig): (index: number) => SyntheticMember {
  checkSyntheticConfig(config);
  const { code, region, seed, externalShare, anchors } = config;
  const draw = createDraw(seed, `${region}/member`);
  const number = createIdNumberPlan(region, seed);
  const places = createPlaceDraws(config);
  const phoneOffset = draw(0, memberField.phoneOffset);

  const organizations = [...syntheticOrganizations(config)];
  const order = (a: SyntheticOrganization, b: SyntheticOrganization): number => (a.id < b.id ? -1 : 1);
  const homes = organizations.filter(({ kind }) => homeKinds.has(kind)).sort(order).map(({ id }) => id);
  const hosts = organizations.filter(isHost).sort(order).map(({ id }) => id);
  const zone = new Set(provinces.map((province) => province.code));
  const outside = externalShare > 0 ? divisionsInForce('COUNTY').filter((county) => !zone.has(county.code.slice(0, 2))) : [];

  const anchorBranch = places.id(anchors.town, firstBranch.slot);
  const anchorBranches = [anchorBranch, places.id(anchors.town, otherBranch.slot), places.id(anchors.elsewhere, (anchors.externalHome === undefined ? firstBranch : newcomerBranch).slot)];
  const yearBefore = dayNumber(2025, 1, 1);

  // To the power of 1.5, so that branches differ in size: most have a few members, some have dozens. By the root, which is
  // exact everywhere, where a power is only as exact as the machine's library.
  const branchOf = (list: readonly string[], chance: number): string => {
    if (chance < anchorShare && list === homes) return anchorBranch;
    const rest = Math.max(0, chance - anchorShare) / (1 - anchorShare);
    return list[Math.floor(rest * Math.sqrt(rest) * list.length)]!;
  };

  return (index) => {
    const { idNumber, birthDay, gender } = number(index);
    const anchor = anchors.names[index];
    const externalDivision = anchor !== undefined
      ? (index === 2 ? anchors.externalHome : undefined)
      : fraction(draw(index, memberField.externality)) < externalShare ? pick(outside, draw(index, memberField.externalHome)).code : undefined;
    const joined = joinedDay(birthDay, draw(index, memberField.joined1), draw(index, memberField.joined2));
    const phone = (index * 35_742_191 + phoneOffset) % (phonesPerPrefix * phonePrefixes.length);
    return {
      id: uuidV7(idTime + index, draw(index, memberField.id1), draw(index, memberField.id2), draw(index, memberField.id3)),
      name: anchor ?? syntheticName(draw, index, gender),
      gender,
      birth: dateText(birthDay),
      idNumber,
      // Neither 110, 119, 120, 122 nor a hotline of the 123 series begins like this, and no mobile number does.
      phone: phonePrefixes[Math.floor(phone / phonesPerPrefix)]! + code.charAt(1) + String(phone % phonesPerPrefix).padStart(7, '0'),
      joinedOn: dateText(joined),
      probationary: joined > yearBefore,
      affiliation: externalDivision === undefined ? 'HOME' : 'EXTERNAL',
      homeOrganizationId: anchorBranches[index] ?? branchOf(externalDivision === undefined ? homes : hosts, fraction(draw(index, memberField.branch))),
      externalHome: externalDivision === undefined ? null : externalHomeIn(externalDivision),
    };
  };
}

const sources = new WeakMap<SyntheticConfig, (index: number) => SyntheticMember>();

/**
 * The member of one index, derived without any other. The first three are the anchors.
 * @throws RangeError for a configuration that cannot be, or an index below 0 or past `idNumberCapacity`
 */
export function syntheticMember(config: SyntheticConfig, index: number): SyntheticMember {
  // Keyed by the object: the branches that members are spread over are derived once a configuration.
  let source = sources.get(config);
  if (!source) sources.set(config, (source = createMemberSource(config)));
  return source(index);
}

/** The members `from` (included) to `to` (excluded), in order. Errors as `syntheticMember`. */
export function* syntheticMembers(config: SyntheticConfig, from: number, to: number): Generator<SyntheticMember> {
  for (let index = from; index < to; index += 1) yield syntheticMember(config, index);
}
