/** What one answer showed of members: read from the body as the client got it, which is all that "left". */
export interface Shown { readonly requestId: string; readonly memberId: string; readonly owner: string; readonly fields: readonly string[] }

/** One recorded disclosure of an owner. */
export interface Recorded { readonly requestId: string; readonly memberId: string; readonly owner: string; readonly fields: readonly string[] }

interface MemberBody { readonly __typename: string; readonly id: string }

const notFields = new Set(['__typename', 'withheld', 'via']);

/** Members anywhere in an answer, by their type's name; fields are those that are not null. */
export function shownIn(requestId: string, answer: unknown): Shown[] {
  const found: Shown[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      const { __typename: type, id } = value as Partial<MemberBody>;
      const owner = /^([A-Z][a-z]+)Member$/.exec(type ?? '')?.[1];
      if (owner && id) {
        const fields = Object.entries(value).filter(([name, shown]) => shown !== null && !notFields.has(name)).map(([name]) => name);
        found.push({ requestId, memberId: id, owner: owner.toLowerCase(), fields });
      }
      Object.values(value).forEach(look);
    }
  };
  look(answer);
  return found;
}

export interface Verdict {
  /** Shown and not recorded: must be none. */
  readonly missing: readonly Shown[];
  /** Recorded though the client got an answer without it: must be none. */
  readonly invented: readonly Recorded[];
  /** Recorded for requests whose answer the client never got whole. */
  readonly inDoubt: number;
}

/** Holds what left against what is recorded. @param answered ids of requests whose answer arrived whole and without an error */
export function compare(shown: readonly Shown[], recorded: readonly Recorded[], answered: ReadonlySet<string>): Verdict {
  const key = ({ requestId, memberId, owner }: Shown): string => `${requestId} ${owner} ${memberId}`;
  const merged = (entries: readonly Shown[]): Map<string, { entry: Shown; fields: Set<string> }> => {
    const by = new Map<string, { entry: Shown; fields: Set<string> }>();
    for (const entry of entries) {
      const known = by.get(key(entry)) ?? { entry, fields: new Set<string>() };
      entry.fields.forEach((field) => known.fields.add(field));
      by.set(key(entry), known);
    }
    return by;
  };
  const [left, logged] = [merged(shown), merged(recorded)];
  const missing = [...left].filter(([k, { fields }]) => [...fields].some((field) => !logged.get(k)?.fields.has(field))).map(([, { entry }]) => entry);
  const extra = [...logged].filter(([k]) => !left.has(k)).map(([, { entry }]) => entry);
  return { missing, invented: extra.filter(({ requestId }) => answered.has(requestId)), inDoubt: extra.filter(({ requestId }) => !answered.has(requestId)).length };
}
