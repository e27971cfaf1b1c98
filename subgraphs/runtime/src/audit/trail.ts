import { randomUUID } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import type { Recorder } from './recordTogether.js';
import { refusalCodes, type RefusalCode } from './refusals.js';
import type { AuditEntry, AuditedRequest } from './types.js';

interface Collected { readonly entry: AuditEntry; readonly fields: Set<string> }

const isSameAct = (one: AuditEntry, other: AuditEntry): boolean => one.kind === other.kind && one.memberId === other.memberId && one.purpose === other.purpose
  && one.reference === other.reference && (one.reason ?? null) === (other.reason ?? null);

/**
 * Collects what one request discloses and refuses while it is executed; `commit` writes it before the first byte of the answer
 * leaves. One disclosure is (member, purpose, reference) with the set of fields that were not null.
 */
export class AuditTrail {
  /** For acts that are recorded within a transaction of their own: they share the claim to the nonce with the rest of the request. */
  readonly request: AuditedRequest;
  private collected: Collected[] = [];
  /** The same by member, since every field of a page asks for its member's entry. */
  private readonly byMember = new Map<string | null, Collected[]>();

  constructor(request: AuditedRequest) {
    this.request = { ...request, claimant: randomUUID() };
  }

  add(entry: AuditEntry): void {
    const { memberId } = entry;
    const noted = this.byMember.get(memberId) ?? [];
    let known = noted.find((other) => isSameAct(other.entry, entry));
    if (!known) {
      known = { entry, fields: new Set() };
      noted.push(known);
      this.byMember.set(memberId, noted);
      this.collected.push(known);
    }
    for (const field of entry.fields) known.fields.add(field);
  }

  /**
   * Notes a refusal with more than its code, which the answer's errors tell by themselves. Name the member that was asked for
   * whether or not there is one: a refusal costs the same then.
   */
  refused(code: RefusalCode, about: { readonly memberId?: string; readonly purpose?: string; readonly reference?: string } = {}): void {
    this.add({ kind: 'REFUSAL', memberId: about.memberId ?? null, purpose: about.purpose ?? null, reference: about.reference ?? null, fields: [], reason: code });
  }

  /** Notes the refusals that an answer speaks of, each code once, unless one was noted with more. Nobody in particular asked: nothing to note. */
  refusedBy(codes: Iterable<unknown>): void {
    if (this.request.viewer === null) return;
    const noted = new Set(this.collected.filter(({ entry }) => entry.kind === 'REFUSAL').map(({ entry }) => entry.reason));
    for (const code of codes) {
      if (refusalCodes.has(code as RefusalCode) && !noted.has(code as RefusalCode)) this.refused(code as RefusalCode);
    }
  }

  /** @throws PlatformError CONTEXT_REFUSED when the request is a replay; that it was refused is all that is recorded then */
  async commit(record: Recorder, now: Date): Promise<void> {
    const entries = this.collected.map(({ entry, fields }) => ({ ...entry, fields: [...fields].sort() }));
    this.collected = [];
    this.byMember.clear();
    try {
      await record(this.request, entries, now);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'CONTEXT_REFUSED') throw error;
      const { requestId, viewer } = this.request;
      await record({ requestId, viewer }, [{ kind: 'REFUSAL', memberId: null, purpose: null, reference: null, fields: [], reason: 'CONTEXT_REFUSED' }], now);
      throw error;
    }
  }
}
