export { checkIdNumber, idNumberCheckCharacter } from './idNumber.js';
export { createMemberLoaders, type MemberLoaders } from './loaders.js';
export { memberResolvers, type OwnMemberField } from './resolvers.js';
export { memberColumns, memberRow, type NewMember } from './store.js';
