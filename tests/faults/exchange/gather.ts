import { outboxId } from '@delta/runtime/exchange/tables';
import { isShared } from './drillEvents.js';
import type { CursorRow, EventRow, StreamRows } from './invariants.js';
import type { DrillOwner } from './owner.js';

const digest = 'translate(rtrim(encode(sha256(data), \'base64\'), \'=\'), \'+/\', \'-_\')';
const event = `seq::float8 as seq, id, type, subject, jws, hash, digest, case when sealed then null else ${digest} end as data`;
const cursor = 'select seq::float8 as seq, hash, epoch, state, received_seq::float8 as received from exchange_stream where peer = $1 and direction = $2';

/** All that both ends keep of one stream. */
export async function gatherStream(from: DrillOwner, to: DrillOwner): Promise<StreamRows> {
  const [outbox, log, inbox, out, into, written, arrived] = await Promise.all([
    from.rows<{ id: string }>(`select ${outboxId} as id from exchange_outbox where peer = $1`, [to.name]),
    from.rows<EventRow>(`select ${event} from exchange_log where peer = $1 order by seq`, [to.name]),
    to.rows<EventRow>(`select ${event}, state from exchange_inbox where peer = $1 order by seq`, [from.name]),
    from.rows<CursorRow>(cursor, [to.name, 'OUT']),
    to.rows<CursorRow>(cursor, [from.name, 'IN']),
    from.rows<StreamRows['written'][number]>('select id, subject, n from drill_written where peer = $1', [to.name]),
    to.rows<StreamRows['arrived'][number]>('select id, subject, n from drill_arrived where peer = $1 order by place', [from.name]),
  ]);
  return { from: from.name, to: to.name, outbox, log, inbox, out: out[0], in: into[0], written, arrived };
}

/** What several senders' events have done together at one owner. */
export async function gatherShared(owner: DrillOwner): Promise<{ shared: { subject: string; arrived: number }[]; arrived: { subject: string }[] }> {
  const shared = await owner.rows<{ subject: string; arrived: number }>('select subject, arrived from drill_shared');
  const arrived = await owner.rows<{ subject: string }>('select subject from drill_arrived where subject like \'shared-%\'');
  return { shared, arrived: arrived.filter(({ subject }) => isShared(subject)) };
}

/** How often messages were refused, by their code. */
export const gatherRefusals = async (owners: Iterable<DrillOwner>): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const owner of owners) {
    for (const { code, n } of await owner.rows<{ code: string; n: number }>('select code, count(*)::integer as n from exchange_refusal group by 1')) counts[code] = (counts[code] ?? 0) + n;
  }
  return counts;
};
