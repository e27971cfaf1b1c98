export { createCodeHasher } from './codeHasher.js';
export { createPassLoaders, type PassLoaders } from './loaders.js';
export { loadPassKeys, requireKey, type PassKeys } from './passKeys.js';
export { passRoutes } from './passRoutes.js';
export { passMutations, passQueries, passResolvers } from './resolvers.js';
export type { PaperRenderer, PassIssuing } from './services.js';
export { createStatusPublisher, type StatusPublisher } from './statusPublisher.js';
export { findByPassId as findPassForCheck, revokeHeld as revokePassesOf, type PassForCheck } from './store.js';
export type { PassKey } from './types.js';
