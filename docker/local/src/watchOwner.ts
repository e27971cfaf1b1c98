import { openReading, type ReadingDatabase } from '@delta/runtime/db/openReading';
import { countRefusals, readOverview, type PeerOverview, type RefusalCount } from '@delta/runtime/exchange/index';

/** What is seen of one owner at a moment. */
export interface OwnerSeen {
  readonly name: string;
  /** Whether its service answers. */
  readonly answers: boolean;
  /** What its database says; undefined while that does not answer. */
  readonly streams: readonly PeerOverview[] | undefined;
  readonly refusals: readonly RefusalCount[];
}

export interface OwnerPlace {
  readonly name: string;
  /** Where its service answers. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly peers: readonly string[];
}

export interface OwnerWatch { look(): Promise<OwnerSeen>; close(): Promise<void> }

/** Longest wait for an owner, so that one that hangs keeps the others from nobody's eyes. */
const patienceMs = 2_000;
const dayMs = 24 * 60 * 60_000;

/** Looks at one owner as often as it is asked, over one connection that is made anew when it broke. */
export function watchOwner({ name, url, databaseUrl, peers }: OwnerPlace): OwnerWatch {
  let db: ReadingDatabase | undefined;
  const forget = (): void => { void db?.close().catch(() => undefined); db = undefined; };

  const read = async (): Promise<Pick<OwnerSeen, 'streams' | 'refusals'>> => {
    db ??= await openReading(databaseUrl, 'delta-exchange');
    return { streams: await readOverview(db, peers), refusals: await countRefusals(db, new Date(Date.now() - dayMs)) };
  };
  const answers = async (): Promise<boolean> => {
    const response = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(patienceMs) });
    await response.arrayBuffer();
    return response.ok;
  };
  return {
    async look() {
      const [up, seen] = await Promise.all([
        answers().catch(() => false),
        within(read(), patienceMs).catch(() => { forget(); return { streams: undefined, refusals: [] }; }),
      ]);
      return { name, answers: up, ...seen };
    },
    close: async () => { await db?.close().catch(() => undefined); },
  };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => { reject(new Error('too late')); }, ms); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
