export { createCaseLoaders, type CaseLoaders } from './loaders.js';
export { caseMutations, caseQueries, caseResolvers } from './resolvers.js';
export { requireOpen } from './rules.js';
export { forgetPerson } from './store.js';
export { useCase } from './useCase.js';
