import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import { unpackWoff } from './unpackWoff.js';

/**
 * Noto Sans SC, as @fontsource cuts it: one file of the 8,000 commonest characters, and a hundred slices that hold 14,500 between
 * them. A pass is set in the first; a rare surname (邴、仉) is looked for in the slices.
 */
const resolve = createRequire(import.meta.url).resolve;
const fileOf = (slice: string): string => resolve(`@fontsource/noto-sans-sc/files/noto-sans-sc-${slice}-400-normal.woff`);

/** `U+4e00-4e05,U+4e0a` a slice; the keys of slices are their numbers in brackets. */
async function readSlices(): Promise<readonly (readonly [slice: string, ranges: readonly (readonly [number, number])[]])[]> {
  const table = JSON.parse(await readFile(resolve('@fontsource/noto-sans-sc/unicode.json'), 'utf8')) as Record<string, string>;
  return Object.entries(table).filter(([name]) => name.startsWith('[')).map(([name, ranges]) => [name.slice(1, -1), ranges.split(',').map((range) => {
    const [from, to] = range.trim().slice(2).split('-').map((hex) => parseInt(hex, 16));
    return [from!, to ?? from!] as const;
  })]);
}

interface Fonts { readonly common: Buffer; readonly inCommon: (character: string) => boolean; readonly slices: Awaited<ReturnType<typeof readSlices>> }

async function readFonts(): Promise<Fonts> {
  const common = unpackWoff(await readFile(fileOf('chinese-simplified')));
  const font = create(common);
  if (!('hasGlyphForCodePoint' in font)) throw new Error('The font is a collection.');
  return { common, inCommon: (character) => font.hasGlyphForCodePoint(character.codePointAt(0)!), slices: await readSlices() };
}

let fonts: Promise<Fonts> | undefined;
const once = (): Promise<Fonts> => fonts ??= readFonts();

export const commonFont = async (): Promise<Buffer> => (await once()).common;

/** What draws a character: `common`, the slice that has it, or undefined where the font lacks it. */
export async function fontOf(character: string): Promise<'common' | Buffer | undefined> {
  const { inCommon, slices } = await once();
  if (inCommon(character)) return 'common';
  const point = character.codePointAt(0)!;
  const found = slices.find(([, ranges]) => ranges.some(([from, to]) => point >= from && point <= to));
  return found && unpackWoff(await readFile(fileOf(found[0])));
}
