export { accessLogPage } from './accessLogPage.js';
export { createAccessLogLoaders, type AccessLogLoaders } from './loaders.js';
export { accessLogResolvers } from './resolvers.js';
export { looksAt } from './looksAt.js';
