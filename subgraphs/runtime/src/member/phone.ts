/** The number with only its last four digits visible; one of four digits or fewer is hidden whole. */
export const maskPhone = (phone: string): string =>
  phone.length <= 4 ? '*'.repeat(phone.length) : phone.slice(-4).padStart(phone.length, '*');

/**
 * True for a number that can be nobody's: 11 digits that begin with 10, 11 or 12, where mobile numbers of China begin with
 * 13 to 19. China reserves no range for fiction, so the synthetic data uses these.
 */
export const isSyntheticPhone = (phone: string): boolean => /^1[012][0-9]{9}$/.test(phone);
