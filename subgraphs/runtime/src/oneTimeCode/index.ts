export { createCodeHasher, type CodeHasher, type HashedCode } from './codeHasher.js';
export { drawCode } from './drawCode.js';
export { codeLifeMs, codeTries } from './limits.js';
export { readPoint, type Point } from './readPoint.js';
export { codeFault, codeShown, readCode, selectorOf, type CodeFault, type KnownCode } from './rules.js';
