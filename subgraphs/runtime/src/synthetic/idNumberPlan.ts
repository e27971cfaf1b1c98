import { idNumberCheckCharacter } from '../member/index.js';
import { dateText, dayNumber } from './calendar.js';
import { createDraw } from './draw.js';
import { memberField } from './fields.js';

/**
 * Births and members by age, per mille. Party members at the end of 2023 by age band (12.5, 11.3, 11.0, 9.5, 9.1, 9.5, 9.0
 * and 28.1 %), reweighted by 2, 2, 1.8, 1.3, 1, 0.8, 0.5 and 0.15: mobile members are younger, and no distribution of
 * theirs is published. Women are 30.9 % in each band. Ages are those at the end of 2025.
 */
const bands = [
  { from: 1995, to: 2006, men: 164, women: 74 },
  { from: 1990, to: 1994, men: 149, women: 66 },
  { from: 1985, to: 1989, men: 130, women: 58 },
  { from: 1980, to: 1984, men: 82, women: 36 },
  { from: 1975, to: 1979, men: 60, women: 27 },
  { from: 1970, to: 1974, men: 50, women: 22 },
  { from: 1965, to: 1969, men: 29, women: 14 },
  { from: 1945, to: 1964, men: 27, women: 12 },
] as const;

interface Cell {
  readonly firstDay: number;
  /** Numbers the cell can give: its days × 500 serials of one gender. */
  readonly size: number;
  /** Members of the cell in every thousand. */
  readonly quota: number;
  readonly gender: 'MALE' | 'FEMALE';
}

const blockSize = 1000;
/** Steps that are coprime to every modulus they are used with walk through all residues without meeting one twice. */
const step = 35_742_191;
const rankStep = 617;

const cells: readonly Cell[] = bands.flatMap(({ from, to, men, women }) => {
  const firstDay = dayNumber(from, 1, 1);
  const size = (dayNumber(to + 1, 1, 1) - firstDay) * 500;
  return [{ firstDay, size, quota: men, gender: 'MALE' as const }, { firstDay, size, quota: women, gender: 'FEMALE' as const }];
});

/** For each rank in a block of a thousand: its cell, and the how-manieth of that cell it is. */
const ranks = cells.flatMap(({ quota }, cell) => Array.from({ length: quota }, (_, ordinal) => ({ cell, ordinal })));

/** Members a region can number: 6.1 million, then the fullest cell is used up. */
export const idNumberCapacity = Math.min(...cells.map(({ size, quota }) => Math.floor(size / quota))) * blockSize;

export interface PlannedNumber {
  readonly idNumber: string;
  /** Day number of birth. */
  readonly birthDay: number;
  readonly gender: 'MALE' | 'FEMALE';
}

/**
 * The numbers of one region: an injective map from the member's index. Every thousand indexes in a row hold exactly the
 * quota of each (age band, gender) cell, in an order that changes from thousand to thousand; the members of a cell then
 * take its days and serials by the bijection n = (ordinal × 35,742,191 + offset) mod size. The sex is the parity of the
 * serial, so one bijection over all births could not keep the proportions of age and sex.
 *
 * @throws RangeError for an index past `idNumberCapacity`
 */
export function createIdNumberPlan(region: string, seed: number): (index: number) => PlannedNumber {
  const draw = createDraw(seed, `${region}/idNumber`);
  const offsets = cells.map(({ size }, cell) => draw(cell, memberField.cellOffset) % size);
  return (index) => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= idNumberCapacity) throw new RangeError(`A region numbers the members 0 to ${idNumberCapacity - 1}; asked for ${index}.`);
    const block = Math.floor(index / blockSize);
    const rank = ((index % blockSize) * rankStep + draw(block, memberField.birthBlock)) % blockSize;
    const { cell, ordinal } = ranks[rank]!;
    const { firstDay, size, quota, gender } = cells[cell]!;
    const n = ((block * quota + ordinal) * step + offsets[cell]!) % size;
    const birthDay = firstDay + Math.floor(n / 500);
    const serial = (n % 500) * 2 + (gender === 'MALE' ? 1 : 0);
    const digits = region + dateText(birthDay, '') + String(serial).padStart(3, '0');
    return { idNumber: digits + idNumberCheckCharacter(digits), birthDay, gender };
  };
}
