export { verifyGrant, type Grant } from './grant.js';
export { lookupMutations, lookupResolvers } from './resolvers.js';
