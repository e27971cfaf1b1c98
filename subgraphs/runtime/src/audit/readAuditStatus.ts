import type { Queryable } from '../db/database.js';

export interface AuditStatus {
  readonly entries: string;
  readonly sealed: string;
  readonly unsealed: string;
  readonly head: { readonly seq: string; readonly hash: string } | null;
  readonly checkpoint: { readonly seq: string; readonly at: Date } | null;
  /** How many checkpoints of each other owner are kept here. */
  readonly witnessed: readonly { readonly owner: string; readonly checkpoints: string }[];
  readonly partitions: readonly { readonly name: string; readonly entries: string }[];
  /** Tables, months among them, whose append-only triggers are off or gone. */
  readonly unguarded: readonly string[];
}

/** What an owner's audit log holds at this moment. */
export async function readAuditStatus(db: Pick<Queryable, 'query'>): Promise<AuditStatus> {
  const [status] = await db.query<Omit<AuditStatus, 'partitions' | 'witnessed'>>(`/* audit.status */
    select (select count(*) from audit_entry) as entries, (select count(*) from audit_seal) as sealed,
           (select count(*) from audit_entry e where not exists (select from audit_seal s where s.entry_id = e.id)) as unsealed,
           (select jsonb_build_object('seq', seq::text, 'hash', encode(hash, 'hex')) from audit_seal order by seq desc limit 1) as head,
           (select jsonb_build_object('seq', seq::text, 'at', at) from audit_checkpoint order by seq desc limit 1) as checkpoint,
           array(select c.relname from pg_class c
                  where (c.oid = any(array['audit_entry', 'audit_seal', 'audit_checkpoint', 'audit_witness']::regclass[])
                         or c.oid in (select inhrelid from pg_inherits where inhparent = 'audit_entry'::regclass))
                    and (select count(*) from pg_trigger g where g.tgrelid = c.oid and g.tgname like 'audit_kept%' and g.tgenabled in ('O', 'A')) < 2
                  order by c.relname)::text[] as unguarded`);
  const witnessed = await db.query<{ owner: string; checkpoints: string }>('/* audit.witnessed */ select owner, count(*) as checkpoints from audit_witness group by owner order by owner');
  const partitions = await db.query<{ name: string; entries: string }>(`/* audit.partitions */
    select c.relname as name, coalesce(e.entries, 0) as entries
      from pg_inherits i join pg_class c on c.oid = i.inhrelid left join (select tableoid, count(*) as entries from audit_entry group by tableoid) e on e.tableoid = c.oid
     where i.inhparent = to_regclass('audit_entry') order by c.relname`);
  const { checkpoint } = status!;
  return { ...status!, checkpoint: checkpoint && { ...checkpoint, at: new Date(checkpoint.at) }, witnessed, partitions };
}
