export const codeLifeMs = 15 * 60_000;
export const maxTries = 5;
/** A certificate says what was so when it was signed; a station that was withdrawn is refused by the register, whatever it shows. */
export const certificateSeconds = 366 * 24 * 60 * 60;
/** Of what is typed, with whatever stands between the characters. */
export const maxCodeText = 64;
