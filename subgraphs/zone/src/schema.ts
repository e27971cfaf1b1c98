import { buildSubgraphSchema } from '@apollo/subgraph';
import { concreteName } from '@delta/schema/derive';
import { provinceByCode, provinces } from '@delta/schema/provinces';
import { deriveZoneSdl } from '@delta/schema/zone';
import { parse, type GraphQLSchema } from 'graphql';
import type { ZoneContext } from './context.js';
import { localReference, memberByGrant, memberById, provinceNamed, provinceReference } from './edges.js';

/** Which office looked, as the province that recorded it says. */
interface AccessLogReference { readonly provinceCode: string | null; readonly organizationId: string | null }

/** Which organisation is to receive a record, as the giving province says. */
interface OwnershipTransferReference { readonly toOrganizationId: string | null }

interface LookupReference { readonly id: string; readonly grant: string | null }

const viewerResolvers = {
  role: (viewer: NonNullable<ZoneContext['viewer']>) => viewer.role.toUpperCase(),
  province: ({ province }: NonNullable<ZoneContext['viewer']>) => {
    const entry = province === null ? undefined : provinceByCode(province);
    return entry ? provinceReference(entry) : null;
  },
  organization: ({ organization }: NonNullable<ZoneContext['viewer']>) => (organization === null ? null : localReference('Organization', organization)),
  member: ({ member }: NonNullable<ZoneContext['viewer']>, _: unknown, context: ZoneContext) => (member === null ? null : memberById(member, context)),
};

export const zoneSchema = (): GraphQLSchema => buildSubgraphSchema([{
  typeDefs: parse(deriveZoneSdl()),
  resolvers: {
    Query: {
      provinces: () => provinces.map(provinceReference),
      province: (_: unknown, { code }: { code: string }) => provinceNamed(code),
      member: (_: unknown, { id }: { id: string }, context: ZoneContext) => memberById(id, context),
      organization: (_: unknown, { id }: { id: string }) => localReference('Organization', id),
      station: (_: unknown, { id }: { id: string }) => localReference('ServiceStation', id),
      viewer: (_: unknown, __: unknown, context: ZoneContext) => context.viewer,
    },
    Viewer: viewerResolvers,
    ...Object.fromEntries(provinces.map((entry) => [concreteName('Lookup', entry.prefix), {
      __resolveReference: (reference: LookupReference) => reference,
      member: ({ grant }: LookupReference, _: unknown, context: ZoneContext) => (grant === null ? null : memberByGrant(entry, grant, context)),
    }])),
    ...Object.fromEntries(provinces.map((entry) => [concreteName('AccessLogEntry', entry.prefix), {
      __resolveReference: (reference: AccessLogReference) => reference,
      province: ({ provinceCode }: AccessLogReference) => (provinceCode === null ? null : provinceNamed(provinceCode)),
      organization: ({ organizationId }: AccessLogReference) => (organizationId === null ? null : localReference('Organization', organizationId)),
    }])),
    ...Object.fromEntries(provinces.map((entry) => [concreteName('OwnershipTransfer', entry.prefix), {
      __resolveReference: (reference: OwnershipTransferReference) => reference,
      toOrganization: ({ toOrganizationId }: OwnershipTransferReference) => (toOrganizationId === null ? null : localReference('Organization', toOrganizationId)),
    }])),
  },
}]);
