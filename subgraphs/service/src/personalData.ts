/**
 * Finds and removes what must reach neither log nor client: ID numbers (15, 17 or 18 digits, so any run of 15 and more),
 * mobile numbers, and credentials within connection strings.
 */
const idNumber = /[0-9]{15,}[0-9Xx]?/;
const everyIdNumber = /[0-9]{15,}[0-9Xx]?/g;
const everyMobileNumber = /(?<![0-9a-fA-F-])1[3-9][0-9]{9}(?![0-9a-fA-F-])/g;
const everyConnectionString = /\b(postgres(?:ql)?|https?|nats|redis):\/\/[^\s"'`)]+/g;
const everyToken = /\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g;
// Spaces, and what an input method or a copied web page puts between characters without showing it.
const spacing = /[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+/g;

/** True when the text holds what looks like an ID number, also in full-width digits or with spaces in it. */
export const holdsIdNumber = (text: string): boolean => idNumber.test(text.normalize('NFKC').replace(spacing, ''));

/** The text without ID numbers, mobile numbers, bearer tokens and connection strings. */
export const scrub = (text: string): string => text
  .replace(everyConnectionString, '$1://[removed]')
  .replace(everyToken, '[token removed]')
  .replace(everyIdNumber, '[number removed]')
  .replace(everyMobileNumber, '[number removed]');
