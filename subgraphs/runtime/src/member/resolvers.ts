import { PlatformError } from '@delta/schema/errors';
import { requireMemberId } from '@delta/schema/ids';
import { accessLogPage } from '../accessLog/index.js';
import { policyOf, requireOwnViewer, verifyCapability, type Policy, type PolicyRule, type RecordedRelation, type Why } from '../access/index.js';
import type { PageArguments } from '../page/index.js';
import type { ProvinceContext } from '../server/context.js';
import { disclose, reveal, type DisclosedMember } from './disclose.js';
import { maskIdNumber } from './idNumber.js';
import { maskName } from './maskName.js';
import { memberPage, type MemberPageArguments } from './memberPage.js';
import { maskPhone } from './phone.js';
import type { MemberRecord } from './types.js';

/** A field that one province adds to its own member type: decided, masked and audited as every other. */
export interface OwnMemberField {
  readonly name: string;
  readonly value: (memberId: string) => string | null;
  readonly rules: readonly PolicyRule[];
}

type Resolver = (member: DisclosedMember, args: unknown, context: ProvinceContext) => unknown;

/** A field kept sealed: opened only once the policy has said yes. */
const sealed = (field: string, column: 'idNumber' | 'phone', form: (text: string) => string): Resolver => (member, _, { services, trail }) =>
  reveal(member, field, trail, (record) => {
    const stored = record[column];
    return stored === null ? null : form(services.envelope.open(record.id, record.dataKey, column, stored));
  });

const plain = (field: 'gender' | 'joinedOn' | 'probationary' | 'affiliation'): Resolver => (member, _, { trail }) => reveal(member, field, trail, (record) => record[field]);

/** Whether it is the viewer's own record, or was one of the viewer's organisation, when it left. */
const wasInCare = ({ viewer, services }: ProvinceContext, memberId: string, departedFrom: readonly string[]): boolean =>
  viewer?.province === services.entry.code && (viewer.role === 'member' ? viewer.member === memberId : viewer.organization !== null && departedFrom.includes(viewer.organization));

/** Resolvers of a province's member type; every field passes the policy and is noted before it leaves. */
export function memberResolvers(own: readonly OwnMemberField[], recorded: readonly RecordedRelation[], inUse: (policy: Policy) => Policy) {
  const policy = inUse(policyOf(own, recorded));
  const disclosed = async (record: MemberRecord, why: Why, { viewer, services, relations }: ProvinceContext): Promise<DisclosedMember | null> =>
    disclose({ policy, viewer, province: services.entry.code }, record, why, await relations(record.id));

  /** Nobody's id, another province's member's and that of a member out of the viewer's reach are told apart by nothing. */
  const find = async (id: string, why: Why, context: ProvinceContext): Promise<DisclosedMember> => {
    const memberId = requireMemberId(id);
    const record = await context.members.byId.load(memberId);
    const member = record && await disclosed(record, why, context);
    if (member) return member;
    // Asked for whomever was not found, so that it costs the same; said only to who was told that the person exists, or had the member in care.
    const departed = await context.transfers.departedFrom.load(memberId);
    if (departed && (why.kind === 'LOOKUP' || wasInCare(context, memberId, departed))) {
      context.trail.refused('MEMBER_MOVED', { memberId, ...(why.kind === 'LOOKUP' ? { purpose: why.purpose, reference: why.lookupId } : {}) });
      throw new PlatformError('MEMBER_MOVED');
    }
    context.trail.refused('NOT_DISCLOSED', { memberId, ...(why.kind === 'LOOKUP' ? { purpose: why.purpose, reference: why.lookupId } : {}) });
    throw new PlatformError('NOT_DISCLOSED');
  };

  /** Fields that the concept gives to `Province`: the viewer's own scope in the viewer's own province. */
  const queries = {
    members: async (_: unknown, args: MemberPageArguments, context: ProvinceContext) => {
      const { edges, pageInfo } = await memberPage(context.services, requireOwnViewer(context), args);
      const nodes = await Promise.all(edges.map(({ node }) => disclosed(node, { kind: 'DIRECT' }, context)));
      if (nodes.includes(null)) throw new PlatformError('NOT_DISCLOSED');
      return { pageInfo, edges: edges.map(({ cursor }, i) => ({ cursor, node: nodes[i] })) };
    },
  };

  const type = {
    __resolveReference: async (reference: { via?: string; id?: string }, context: ProvinceContext): Promise<DisclosedMember> => {
      if (reference.via === undefined) return find(reference.id ?? '', { kind: 'DIRECT' }, context);
      const { memberId, why } = await verifyCapability(context.services.trust, context.services.entry.slug, reference.via, context);
      return { ...(await find(memberId, why, context)), via: reference.via };
    },
    id: (member: DisclosedMember, _: unknown, { trail }: ProvinceContext) => {
      const id = reveal(member, 'id', trail, (record) => record.id);
      if (id === null) throw new PlatformError('NOT_DISCLOSED');
      return id;
    },
    via: (member: DisclosedMember) => member.via,
    name: (member: DisclosedMember, _: unknown, { trail }: ProvinceContext) => reveal(member, 'name', trail, (record) => record.name, (record) => maskName(record.name)),
    gender: plain('gender'),
    joinedOn: plain('joinedOn'),
    probationary: plain('probationary'),
    affiliation: plain('affiliation'),
    idNumberMasked: sealed('idNumberMasked', 'idNumber', maskIdNumber),
    phoneMasked: sealed('phoneMasked', 'phone', maskPhone),
    phone: sealed('phone', 'phone', (phone) => phone),
    province: (member: DisclosedMember, _: unknown, { trail, services }: ProvinceContext) => reveal(member, 'province', trail, () => services.entry),
    homeOrganization: async (member: DisclosedMember, _: unknown, { trail, organizations }: ProvinceContext) => {
      const id = reveal(member, 'homeOrganization', trail, (record) => record.homeOrganizationId);
      return id === null ? null : organizations.byId.load(id);
    },
    accessLog: (member: DisclosedMember, args: PageArguments, { trail, services }: ProvinceContext) => {
      const id = reveal(member, 'accessLog', trail, (record) => record.id);
      return id === null ? null : accessLogPage(services, id, args);
    },
    passes: (member: DisclosedMember, _: unknown, { trail, passes }: ProvinceContext) => {
      const id = reveal(member, 'passes', trail, (record) => record.id);
      return id === null ? null : passes.ofMember.load(id);
    },
    withheld: ({ decisions }: DisclosedMember) => [...decisions].flatMap(([field, decision]) => ('withhold' in decision ? [{ field, reason: decision.withhold }] : [])),
    ...Object.fromEntries(own.map((field): [string, Resolver] => [field.name, (member, _, { trail }) => reveal(member, field.name, trail, (record) => field.value(record.id))])),
  };
  /** A member that another record is about, as the viewer's own relation shows it; null where it shows nothing. */
  const related = async (memberId: string, context: ProvinceContext): Promise<DisclosedMember | null> => {
    const record = await context.members.byId.load(memberId);
    return record && disclosed(record, { kind: 'DIRECT' }, context);
  };
  return { type, queries, related };
}
