import type { Queryable } from '../db/database.js';
import { momentText } from './chain.js';

/** What does not fit, and where. */
export interface ChainProblem {
  readonly seq: string | null;
  readonly entryId: string | null;
  readonly at: string | null;
  readonly what: string;
}

/** The oldest entry that should have been sealed long ago, or that was gone before it could be. */
export async function findUnsealed(db: Pick<Queryable, 'query'>): Promise<ChainProblem | null> {
  const [found] = await db.query<{ id: string; at: string; gone: boolean }>(`/* audit.unsealed */
    select id, ${momentText('at')} as at, gone from (
      (select e.id, e.at, false as gone from audit_entry e
        where e.at < clock_timestamp() - interval '1 minute' and not exists (select from audit_seal s where s.entry_id = e.id)
        order by e.at, e.id limit 1)
      union all
      (select p.id, p.at, true from audit_pending p
        where p.at < clock_timestamp() - interval '1 minute' and not exists (select from audit_entry e where e.at = p.at and e.id = p.id)
        order by p.at, p.id limit 1)) as left_out
     order by left_out.at, left_out.id limit 1`);
  if (!found) return null;
  const what = found.gone ? 'the entry was deleted before it was sealed' : 'the entry is older than a minute and was never sealed: it was slipped in, or nothing seals here';
  return { seq: null, entryId: found.id, at: found.at, what };
}
