export { lookupMutations, lookupResolvers } from './resolvers.js';
