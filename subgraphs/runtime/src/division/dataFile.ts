import { readFileSync } from 'node:fs';

/** Text of a file in the package's `data/`, which lies two folders above both `src/<concept>/` and `dist/<concept>/`. */
export const dataFile = (name: string): string => readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8');

/** Rows of a CSV file of `data/` without its heading. The files hold no comma or quote inside a value. */
export function dataRows(name: string): string[][] {
  const lines = dataFile(name).replaceAll('"', '').split('\n');
  const rows: string[][] = [];
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index]!.trimEnd();
    if (line !== '') rows.push(line.split(','));
  }
  return rows;
}
