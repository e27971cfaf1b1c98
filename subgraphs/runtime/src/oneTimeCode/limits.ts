export const codeLifeMs = 15 * 60_000;
/** Wrong codes for what one code opens, after which it is worth nothing. */
export const codeTries = 5;
