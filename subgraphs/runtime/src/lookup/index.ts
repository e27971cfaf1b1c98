export { createLimits, type Limits } from './limits.js';
export { lookupMutations, lookupResolvers } from './resolvers.js';
export { forgetPerson } from './store.js';
