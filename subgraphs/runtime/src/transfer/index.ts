export { createTransferLoaders, type TransferLoaders } from './loaders.js';
export { transferMutations, transferQueries, transferResolvers } from './resolvers.js';
export { transferEvents } from './transferEvents.js';
export { transferOwnership, type TransferOwnershipInput } from './transferOwnership.js';
