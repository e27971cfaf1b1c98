import { parseArgs } from 'node:util';
import { provinceBySlug, provinces } from '@delta/schema/provinces';
import { Refusal } from './refusal.js';

export const ceremonyHelp = `npm run ceremony -- root --province NAME [--root FILE] [--out FILE]
npm run ceremony -- roots FILE FILE FILE FILE [--out FILE]
npm run ceremony -- keys --province NAME [--keys FILE] [--compromise KID] [--out FILE]
npm run ceremony -- propose --out FILE [--keys FILE …] [--compromise KID …] [--after NUMBER] [--zone URL] [--roots FILE]
npm run ceremony -- sign --proposal FILE --province NAME --out FILE [--root FILE]
npm run ceremony -- publish --proposal FILE --signature FILE --signature FILE [--zone URL] [--roots FILE]
npm run ceremony -- show [--zone URL] [--roots FILE]
  The trust list of the pass: which keys sign passes and lists, signed by the roots of two provinces, for a week. docker/CEREMONY.md
  is the procedure. Without FILE names, those of this home (DELTA_HOME) are meant.
  root     makes a province's root where it is kept, once, and writes its public part; roots joins four public parts into the file that all pin
  keys     adds the next keys of a province that are due, and writes the public part of all; with --compromise, puts another in use for a stolen one
  propose  writes the next list for the roots to look at; --compromise puts keys on the emergency list; --after is
           the last list's number where the zone was restored from a backup and has lost it
  sign     one root signs it, apart from the others; prints what it signs
  publish  joins the signatures, verifies them and gives the list to the zone
  show     what is in force, when it ends, which keys have no next one`;

const steps = ['root', 'roots', 'keys', 'propose', 'sign', 'publish', 'show'] as const;
export type CeremonyStep = (typeof steps)[number];

export interface CeremonyOptions {
  readonly step: CeremonyStep;
  readonly files: readonly string[];
  readonly province: { readonly slug: string; readonly code: string } | undefined;
  readonly root: string | undefined;
  readonly roots: string | undefined;
  readonly keys: readonly string[];
  readonly compromise: readonly string[];
  /** Number of a list that was in force, at least. */
  readonly after: number;
  readonly proposal: string | undefined;
  readonly signatures: readonly string[];
  readonly out: string | undefined;
  readonly zone: string | undefined;
}

/** @throws Refusal */
export function readCeremonyOptions(argv: readonly string[]): CeremonyOptions {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const { values, positionals: [word, ...files] } = parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: {
    province: text, root: text, roots: text, keys: texts, compromise: texts, after: text, proposal: text, signature: texts, out: text, zone: text,
  } });
  const step = steps.find((each) => each === word);
  if (step === undefined) throw new Refusal(word === undefined ? 'Which step?' : `There is no step ${word}.`, `\n${ceremonyHelp}`);
  const province = values.province === undefined ? undefined : provinceBySlug(values.province);
  if (values.province !== undefined && !province) throw new Refusal(`No province is called ${values.province}.`, `Provinces: ${provinces.map(({ slug }) => slug).join(', ')}.`);
  for (const kid of values.compromise ?? []) if (!/^[0-9a-f]{16}$/.test(kid)) throw new Refusal(`${kid} is no id of a key.`, 'It has 16 hexadecimal digits; `npm run ceremony -- show` lists them.');
  if (values.after !== undefined && !/^\d{1,9}$/.test(values.after)) throw new Refusal('--after is no number.', 'Give the number of the last list that anybody has seen; a province\'s `pass_list` has it.');
  if (values.zone !== undefined && !URL.canParse(values.zone)) throw new Refusal('--zone is no address.', 'Give one like https://zone.example:4010.');
  return {
    step, files, province, root: values.root, roots: values.roots, keys: values.keys ?? [], compromise: values.compromise ?? [], after: Number(values.after ?? 0),
    proposal: values.proposal, signatures: values.signature ?? [], out: values.out, zone: values.zone,
  };
}

/** @throws Refusal that names the option */
export function requireOption<T>(value: T | undefined, option: string): T {
  if (value === undefined) throw new Refusal(`--${option} is missing.`, `\n${ceremonyHelp}`);
  return value;
}
