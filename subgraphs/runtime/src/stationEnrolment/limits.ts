/** A certificate says what was so when it was signed; a station that was withdrawn is refused by the register, whatever it shows. */
export const certificateSeconds = 366 * 24 * 60 * 60;
