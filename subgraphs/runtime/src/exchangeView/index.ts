export { exchangeMutations, exchangeQueries, exchangeResolvers } from './resolvers.js';
