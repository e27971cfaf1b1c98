import { PlatformError } from '@delta/schema/errors';

const words = (text: string): string[] => text.normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const pairs = (word: string[]): string[] => word.slice(1).map((character, i) => word[i]! + character);

/** Uni- and bigrams of texts, for the GIN column. Trigrams fail on Chinese: 青浦 has two characters. */
export const gramsOf = (...texts: (string | null)[]): string[] =>
  [...new Set(texts.flatMap((text) => words(text ?? '')).flatMap((word) => [...[...word], ...pairs([...word])]))];

/** Grams that a match must hold: bigrams, or the one character. @throws PlatformError SEARCH_TEXT */
export function searchGrams(text: string): string[] {
  const found = words(text);
  if (text.length > 40 || found.length === 0) throw new PlatformError('SEARCH_TEXT');
  return [...new Set(found.flatMap((word) => ([...word].length === 1 ? [word] : pairs([...word]))))];
}
