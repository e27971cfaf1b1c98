import { randomBytes } from 'node:crypto';
import { codeLength, codeOf } from './rules.js';

/** A new code that nobody can guess. */
export const drawCode = (): string => codeOf(randomBytes(codeLength));
