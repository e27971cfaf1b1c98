import { dataFile, dataRows } from '../division/index.js';
import { fraction, pick, type Draw } from './draw.js';
import { memberField } from './fields.js';

interface NameParts {
  readonly surnames: readonly string[];
  /** Running totals of the surnames' weights. */
  readonly totals: readonly number[];
  readonly given: { readonly MALE: readonly string[]; readonly FEMALE: readonly string[] };
  readonly blocked: ReadonlySet<string>;
}

let parts: NameParts | undefined;

/** The lists that names are composed of, read on first use. */
export function nameParts(): NameParts {
  if (parts) return parts;
  const rows = dataRows('surnames.csv');
  let total = 0;
  return (parts = {
    surnames: rows.map(([surname]) => surname!),
    totals: rows.map(([, weight]) => (total += Number(weight))),
    given: JSON.parse(dataFile('given-names.json')) as NameParts['given'],
    blocked: new Set(JSON.parse(dataFile('blocked-names.json')) as string[]),
  });
}

function surnameAt({ surnames, totals }: NameParts, draw: number): string {
  const point = fraction(draw) * totals.at(-1)!;
  let low = 0;
  for (let high = totals.length - 1; low < high;) {
    const middle = (low + high) >>> 1;
    if (totals[middle]! > point) high = middle;
    else low = middle + 1;
  }
  return surnames[low]!;
}

/** The name of a member: a surname by its weight and a given name of the gender, drawn again while it is a widely known person's. */
export function syntheticName(draw: Draw, index: number, gender: 'MALE' | 'FEMALE', lists: NameParts = nameParts()): string {
  for (let attempt = 0; ; attempt += 1) {
    const field = memberField.name + attempt * 2;
    const name = surnameAt(lists, draw(index, field)) + pick(lists.given[gender], draw(index, field + 1));
    if (!lists.blocked.has(name)) return name;
  }
}
