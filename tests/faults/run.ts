import { parseArgs } from 'node:util';
import { runAuditFaults } from './auditFaults.js';

/** `npm run faults -- <name> [options]`: the fault runs in full; the tests run them small. */
const help = 'npm run faults -- audit [--requests 10000] [--kills 50] [--seed N]   every disclosure that left is in the log, whatever is killed';

const { positionals: [name], values } = parseArgs({
  allowPositionals: true,
  options: { requests: { type: 'string', default: '10000' }, kills: { type: 'string', default: '50' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});

if (name === 'audit') {
  const report = await runAuditFaults({ requests: Number(values.requests), kills: Number(values.kills), seed: Number(values.seed), say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${JSON.stringify({ ...report, missing: report.missing.length, invented: report.invented.length }, null, 2)}\n`);
  for (const entry of [...report.missing, ...report.invented].slice(0, 10)) process.stdout.write(`${JSON.stringify(entry)}\n`);
  process.exitCode = report.missing.length + report.invented.length === 0 ? 0 : 1;
} else {
  process.stderr.write(`${help}\n`);
  process.exitCode = 2;
}
