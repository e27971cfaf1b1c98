import { readAuditStatus } from '@delta/runtime/audit/index';
import { openAudit, type AuditPlace } from './auditDatabase.js';
import type { AuditOptions } from './auditOptions.js';

/** Says what each owner's audit holds. */
export async function auditStatus(options: AuditOptions, place: AuditPlace): Promise<void> {
  for (const owner of options.owners) {
    const db = await openAudit(owner, options, place);
    try {
      const { entries, sealed, unsealed, head, checkpoint, witnessed, partitions, unguarded } = await readAuditStatus(db);
      const say = (text: string): void => { place.screen.line(`${owner}: ${text}`); };
      say(`${entries} entries, ${sealed} sealed, ${unsealed} not yet; head ${head ? `${head.seq} ${head.hash}` : 'none'}`);
      say(`newest checkpoint ${checkpoint ? `${checkpoint.seq} of ${checkpoint.at.toISOString()}` : 'none'}; keeps ${witnessed.map((each) => `${each.checkpoints} of ${each.owner}`).join(', ') || 'none of others'}`);
      say(`months ${partitions.map(({ name, entries: count }) => `${name.replace('audit_entry_', '')} (${count})`).join(', ')}`);
      say(unguarded.length === 0 ? 'append-only triggers are on' : `WARNING: nothing refuses changes of ${unguarded.join(', ')}: append-only triggers are off`);
    } finally {
      await db.close();
    }
  }
}
