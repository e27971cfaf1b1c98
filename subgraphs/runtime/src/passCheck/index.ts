export { claimShown } from './claimShown.js';
export { createPassChecking, type JudgingLists, type PassChecking } from './createPassChecking.js';
export { judgePass } from './judgePass.js';
export { judgePresence } from './judgePresence.js';
export { textOf, toChallenge } from './openPassChallenge.js';
export { requireChallenge } from './requireChallenge.js';
export { passCheckMutations, refusalAnswer } from './resolvers.js';
export { checkEntry } from './verifyPass.js';
