export { checkKeys } from './checkKeys.js';
export { checkIdNumber, idNumberCheckCharacter } from './idNumber.js';
export { createMemberLoaders, type MemberLoaders } from './loaders.js';
export { maskName } from './maskName.js';
export { memberResolvers, type OwnMemberField } from './resolvers.js';
export { rewrapMembers } from './rewrapMembers.js';
export { shredMember, shredReasons, type Forget, type ShredReason } from './shredMember.js';
export { shredEvents } from './shredEvents.js';
export {
  buryMember, countBySeal, findHolderOf, heldMember, insertArrived, leavingOf, lockMember, memberColumns, memberRow, raiseVersion, type HeldMember, type NewMember, type Ownership,
} from './store.js';
