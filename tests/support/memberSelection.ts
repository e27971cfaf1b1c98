/** A stream of draws that a seed repeats. */
export function drawsOf(seed: number): { below(n: number): number; one<T>(from: readonly T[]): T; chance(p: number): boolean } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (n) => Math.floor(next() * n), one: (from) => from[Math.floor(next() * from.length)]!, chance: (p) => next() < p };
}

export type Draws = ReturnType<typeof drawsOf>;

/** Some way to ask for fields of a member. */
export interface MemberSelection {
  /** What stands between the braces. */
  readonly text: string;
  /** Fragments that it needs in the document. */
  readonly fragments: string;
  /** By the key in the answer: which field was asked for under it. */
  readonly asked: ReadonlyMap<string, string>;
}

const inside: Readonly<Record<string, string>> = {
  province: ' { code }', homeOrganization: ' { id name memberCount }', accessLog: ' { edges { cursor node { id } } }', passes: ' { id class }',
};

/**
 * Fields in a random order, plain or under an alias (another field's name among them), directly, in inline fragments on the
 * interface or a province's own type, or in named fragments inside one another.
 *
 * @param types type names that the member may have here, the interface among them
 */
export function randomSelection(draws: Draws, fields: readonly string[], types: readonly string[]): MemberSelection {
  const asked = new Map<string, string>();
  const fragments: string[] = [];
  const leaf = (): string => {
    const field = draws.one(fields);
    const key = draws.chance(0.4) ? field : draws.one([...fields, 'a', 'b', 'c', 'withheld', '_entities']);
    const known = asked.get(key);
    if (known !== undefined && known !== field) return '__typename';
    asked.set(key, field);
    return `${key === field ? '' : `${key}: `}${field}${field === 'accessLog' ? '(first: 2)' : ''}${draws.chance(0.1) ? ' @include(if: true)' : ''}${inside[field] ?? ''}`;
  };
  // Within a province's own type no other province's can stand.
  const level = (depth: number, within: readonly string[]): string => Array.from({ length: 1 + draws.below(5) }, () => {
    if (depth === 0 || draws.chance(0.6)) return leaf();
    const type = draws.one(within);
    const inner = type === 'Member' ? within : [type, ...within.filter((other) => other === 'Member')];
    if (draws.chance(0.5)) return `... on ${type} { ${level(depth - 1, inner)} }`;
    const body = level(depth - 1, inner);
    const name = `f${fragments.length}`;
    fragments.push(`fragment ${name} on ${type} { ${body} }`);
    return `...${name}`;
  }).join(' ');
  const text = `__typename ${level(3, types)}`;
  return { text, fragments: fragments.join(' '), asked };
}
