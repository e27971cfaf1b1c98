import { syntheticMembers } from '@delta/runtime/synthetic/index';
import { definitions } from '../support/definitions.js';

/** Names and numbers of everybody whom the suite's zones could have loaded. */
export interface Seeded { readonly names: ReadonlySet<string>; readonly numbers: ReadonlySet<string> }

/** @param members most that any zone of the suite loads in a province */
export function seededPeople(members: number): Seeded {
  const [names, numbers] = [new Set<string>(), new Set<string>()];
  for (const { synthetic } of Object.values(definitions)) {
    for (const { name, idNumber, phone } of syntheticMembers(synthetic, 0, members)) {
      names.add(name);
      numbers.add(idNumber);
      numbers.add(phone);
    }
  }
  return { names, numbers };
}

const idNumbers = /[0-9]{17}[0-9X]/g;
const phones = /(?<![0-9])[0-9]{11}(?![0-9])/g;
const chinese = /\p{Script=Han}{2,}/gu;
const escaped = /\\u([0-9a-fA-F]{4})/g;

/** What in a text names a seeded person: names within any run of Chinese characters, whole numbers. */
export function personalTraces(text: string, { names, numbers }: Seeded): string[] {
  const plain = text.replace(escaped, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const found = [...plain.matchAll(idNumbers), ...plain.matchAll(phones)].map(([number]) => number).filter((number) => numbers.has(number));
  for (const [run] of plain.matchAll(chinese)) {
    const characters = [...run];
    for (let size = 2; size <= 4; size += 1) {
      for (let start = 0; start + size <= characters.length; start += 1) {
        const part = characters.slice(start, start + size).join('');
        if (names.has(part)) found.push(part);
      }
    }
  }
  return [...new Set(found)];
}
