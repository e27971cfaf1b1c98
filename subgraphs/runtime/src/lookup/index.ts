export { createLimits, type Limits } from './limits.js';
export { lookupMutations, lookupResolvers } from './resolvers.js';
