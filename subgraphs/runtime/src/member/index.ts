export { checkKeys } from './checkKeys.js';
export { checkIdNumber, idNumberCheckCharacter } from './idNumber.js';
export { createMemberLoaders, type MemberLoaders } from './loaders.js';
export { memberResolvers, type OwnMemberField } from './resolvers.js';
export { rewrapMembers } from './rewrapMembers.js';
export { shredMember, shredReasons, type Forget, type ShredReason } from './shredMember.js';
export { countBySeal, memberColumns, memberRow, type NewMember } from './store.js';
