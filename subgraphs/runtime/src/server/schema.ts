import { buildSubgraphSchema } from '@apollo/subgraph';
import { concreteName, deriveProvinceSdl } from '@delta/schema/derive';
import { parse, type GraphQLSchema } from 'graphql';
import type { Policy } from '../access/index.js';
import { accessLogResolvers } from '../accessLog/index.js';
import { caseMutations, caseQueries, caseResolvers } from '../case/index.js';
import { exchangeMutations, exchangeQueries, exchangeResolvers } from '../exchangeView/index.js';
import { lookupMutations, lookupResolvers } from '../lookup/index.js';
import { memberResolvers } from '../member/index.js';
import { organizationQueries, organizationResolvers } from '../organization/index.js';
import { statisticsQueries } from '../statistics/index.js';
import { stationEnrolmentMutations } from '../stationEnrolment/index.js';
import { stationMutations, stationQueries, stationResolvers } from '../station/index.js';
import { transferMutations, transferQueries, transferResolvers } from '../transfer/index.js';
import { passMutations, passQueries, passResolvers } from '../pass/index.js';
import { recordedRelations } from './recordedRelations.js';
import type { ProvinceDefinition } from './province.js';

/** The SDL that a province publishes. */
export const provinceSdl = ({ entry, extension }: ProvinceDefinition): string => deriveProvinceSdl(entry, extension?.sdl);

/** The executable schema of a province: the contract's concepts under the province's own type names. */
export function provinceSchema(definition: ProvinceDefinition, policyInUse: (policy: Policy) => Policy = (policy) => policy): GraphQLSchema {
  const { entry } = definition;
  const members = memberResolvers(definition.extension?.memberFields ?? [], recordedRelations, policyInUse);
  const concepts = {
    Province: { __resolveReference: () => entry, ...organizationQueries, ...stationQueries, ...statisticsQueries, ...caseQueries, ...transferQueries, ...members.queries, ...exchangeQueries, ...passQueries },
    Organization: organizationResolvers,
    ServiceStation: stationResolvers,
    Member: members.type,
    Lookup: lookupResolvers,
    Case: caseResolvers,
    AccessLogEntry: accessLogResolvers,
    OwnershipTransfer: transferResolvers,
    ActivityPass: passResolvers(members.related),
    Exchange: exchangeResolvers,
    ProvinceMutation: { ...lookupMutations, ...caseMutations, ...transferMutations, ...stationMutations, ...stationEnrolmentMutations, ...exchangeMutations, ...passMutations },
  };
  return buildSubgraphSchema([{
    typeDefs: parse(provinceSdl(definition)),
    resolvers: {
      Query: { [entry.slug]: () => entry },
      Mutation: { [entry.slug]: () => ({}) },
      ...Object.fromEntries(Object.entries(concepts).flatMap(([name, resolvers]) => [
        [name, { __resolveType: () => concreteName(name, entry.prefix) }],
        [concreteName(name, entry.prefix), resolvers],
      ])),
    },
  }]);
}
