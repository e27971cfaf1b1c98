import type { Queryable } from '../db/database.js';
import { recordEntries } from './recordEntries.js';
import type { AuditEntry, AuditedRequest } from './types.js';

/**
 * Collects what one request discloses while it is executed; `commit` writes it before the first byte of the answer leaves.
 * One disclosure is (member, purpose, reference) with the set of fields that were not null.
 */
export class AuditTrail {
  private readonly disclosures = new Map<string, { entry: AuditEntry; fields: Set<string> }>();

  constructor(private readonly request: AuditedRequest) {}

  add(entry: AuditEntry): void {
    const key = JSON.stringify([entry.kind, entry.memberId, entry.purpose, entry.reference]);
    const known = this.disclosures.get(key) ?? { entry, fields: new Set<string>() };
    for (const field of entry.fields) known.fields.add(field);
    this.disclosures.set(key, known);
  }

  async commit(db: Queryable, now: Date): Promise<void> {
    const entries = [...this.disclosures.values()].map(({ entry, fields }) => ({ ...entry, fields: [...fields].sort() }));
    this.disclosures.clear();
    await recordEntries(db, this.request, entries, now);
  }
}
