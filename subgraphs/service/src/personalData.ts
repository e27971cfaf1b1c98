/**
 * Finds and removes what must reach neither log nor client: ID numbers (15, 17 or 18 digits, so any run of 15 and more),
 * mobile numbers, and credentials within connection strings.
 */
const idNumber = /[0-9]{15,}[0-9Xx]?/;
const everyIdNumber = /[0-9]{15,}[0-9Xx]?/g;
const everyMobileNumber = /(?<![0-9a-fA-F-])1[3-9][0-9]{9}(?![0-9a-fA-F-])/g;
const everyConnectionString = /\b(postgres(?:ql)?|https?|nats|redis):\/\/[^\s"'`)]+/g;
const everyToken = /\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g;
// What an input method or a copied web page puts between characters without showing it.
const unseen = /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+/g;

const asRead = (text: string): string => text.normalize('NFKC').replace(unseen, '');

/** True when the text holds what looks like an ID number, also in full-width digits. */
export const showsIdNumber = (text: string): boolean => idNumber.test(asRead(text));

/** The same, also with spaces in it: for one value, not for a text in which numbers follow each other. */
export const holdsIdNumber = (text: string): boolean => idNumber.test(asRead(text).replace(/\s+/g, ''));

/** The text without ID numbers, mobile numbers, bearer tokens and connection strings. */
export const scrub = (text: string): string => text
  .replace(everyConnectionString, '$1://[removed]')
  .replace(everyToken, '[token removed]')
  .replace(everyIdNumber, '[number removed]')
  .replace(everyMobileNumber, '[number removed]');
