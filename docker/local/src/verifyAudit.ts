import { verifyChain, verifyCheckpoint, witnessedCheckpoints, type CheckpointSource, type ChainReport } from '@delta/runtime/audit/index';
import { openReading, type ReadingDatabase } from '@delta/runtime/db/openReading';
import { errorCatalogue } from '@delta/schema/errors';
import { loadTrust } from '@delta/service/keys';
import { openAudit, type AuditPlace } from './auditDatabase.js';
import type { AuditOptions } from './auditOptions.js';
import { keyFiles } from './home.js';
import { ownerDatabaseUrl } from './ownerDatabase.js';
import { owners } from './settings.js';

/** Verifies each owner's chain and says what was found. @returns whether all are whole */
export async function verifyAudit(options: AuditOptions, place: AuditPlace): Promise<boolean> {
  const trust = await loadTrust(options.trust ?? keyFiles(place.home).trust);
  let whole = true;
  for (const owner of options.owners) {
    const opened: ReadingDatabase[] = [];
    try {
      const db = await openAudit(owner, options, place);
      opened.push(db);
      const witnesses: CheckpointSource[] = [];
      for (const [keeper, url] of options.witnesses ?? await otherOwners(owner, place.env)) {
        const kept = await openReading(url, 'delta-audit').catch(() => null);
        if (!kept) {
          place.screen.line(`${owner}: the database of ${keeper} does not answer; its copies of the checkpoints are not compared`);
          continue;
        }
        opened.push(kept);
        witnesses.push(witnessedCheckpoints(keeper, kept, owner));
      }
      const report = await verifyChain({
        db, witnesses, readCheckpoint: (token) => verifyCheckpoint(trust, owner, token),
        onProgress: (done, total) => { place.screen.progress(owner, 'seals', done, total); },
      });
      place.screen.endProgress();
      for (const line of linesOf(owner, report)) place.screen.line(line);
      if (report.problem) whole = false;
    } finally {
      place.screen.endProgress();
      await Promise.all(opened.map((db) => db.close()));
    }
  }
  return whole;
}

/** The databases of this machine's other owners, those that exist. */
async function otherOwners(owner: string, env: NodeJS.ProcessEnv): Promise<(readonly [string, string])[]> {
  const others = owners.filter((other) => other !== owner);
  const urls = await Promise.all(others.map(async (other) => [other, await ownerDatabaseUrl(other, env).catch(() => null)] as const));
  return urls.filter((pair): pair is readonly [string, string] => pair[1] !== null);
}

function linesOf(owner: string, { sealed, expired, head, checkpoints, unsigned, problem }: ChainReport): string[] {
  if (problem) {
    const { seq, entryId, at, what } = problem;
    const where = [seq === null ? null : `seal ${seq}`, entryId === null ? null : `entry ${entryId}`, at === null ? null : `of ${at}`].filter(Boolean).join(', ');
    return [`AUDIT_BROKEN: ${owner}: ${where}: ${what}. ${sealed} seals before it fit. ${errorCatalogue.AUDIT_BROKEN.remedy}`];
  }
  const kept = Object.entries(checkpoints).map(([keeper, count]) => `${count} by ${keeper}`).join(', ');
  return [
    `${owner}: whole. ${sealed} seals${expired > 0n ? `, ${expired} of them of expired entries` : ''}; head ${head ?? 'none'}; signed checkpoints that fit: ${kept || 'none'}`,
    ...(unsigned > 0 ? [`${owner}: ${unsigned} checkpoints at witnesses are not signed by ${owner} and were left out`] : []),
  ];
}
