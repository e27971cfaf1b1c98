export type { OwnLists, PassLists } from './passLists.js';
export { storedTrustList } from './storedTrustList.js';
export { startPassLists, type PassListsOptions } from './startPassLists.js';
