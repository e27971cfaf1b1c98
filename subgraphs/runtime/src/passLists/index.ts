export type { OwnLists, PassLists } from './passLists.js';
export { startPassLists, type PassListsOptions } from './startPassLists.js';
