import { parseArgs } from 'node:util';
import { runAuditFaults } from './auditFaults.js';
import { runExchangeFaults } from './exchange/exchangeFaults.js';
import { runControls } from './exchange/runControls.js';
import { runMovesFaults } from './moves/movesFaults.js';
import { runNoOwnershipVersion } from './moves/noOwnershipVersion.js';

/** `npm run faults -- <name> [options]`: the fault runs in full; the tests run them small. */
const help = `npm run faults -- audit [--requests 10000] [--kills 50] [--seed N]      every disclosure that left is in the log, whatever is killed
npm run faults -- exchange [--events 10000] [--peers 2] [--faults 60] [--restores 3] [--seed N]
                                                                       every event arrives once and in order, whatever is killed, cut or restored
npm run faults -- exchange --controls [--seed N]                       and what is broken on purpose is found
npm run faults -- moves [--members 100] [--moves 6] [--faults 30] [--restores 3] [--seed N]
                                                                       a member who moves is held by one, and the directory knows by whom
npm run faults -- moves --controls [--seed N]                          and a directory that knows no versions is found`;
const say = (line: string): void => { process.stderr.write(`${line}\n`); };

const { positionals: [name], values } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: 'string', default: '10000' }, kills: { type: 'string', default: '50' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    events: { type: 'string', default: '10000' }, faults: { type: 'string' }, members: { type: 'string', default: '100' }, moves: { type: 'string', default: '6' }, restores: { type: 'string', default: '3' }, peers: { type: 'string', default: '2' },
    controls: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false },
  },
});

if (name === 'audit') {
  const report = await runAuditFaults({ requests: Number(values.requests), kills: Number(values.kills), seed: Number(values.seed), say });
  process.stdout.write(`${JSON.stringify({ ...report, missing: report.missing.length, invented: report.invented.length }, null, 2)}\n`);
  for (const entry of [...report.missing, ...report.invented].slice(0, 10)) process.stdout.write(`${JSON.stringify(entry)}\n`);
  process.exitCode = report.missing.length + report.invented.length === 0 ? 0 : 1;
} else if (name === 'exchange') {
  const ended = new AbortController();
  // Ctrl-C ends the run, which then leaves nothing behind.
  process.once('SIGINT', () => { ended.abort(new Error('ended')); });
  if (values.controls) {
    const reports = await runControls({ seed: Number(values.seed), events: 300, faults: 12, say, signal: ended.signal });
    process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
    process.exit(reports.every(({ caughtBy }) => Object.keys(caughtBy).length > 0) ? 0 : 1);
  }
  const report = await runExchangeFaults({
    events: Number(values.events), peers: Number(values.peers), faults: Number(values.faults ?? 60), restores: Number(values.restores), seed: Number(values.seed), durable: true, keep: values.keep, say, signal: ended.signal,
  });
  process.stdout.write(`${JSON.stringify({ ...report, violations: report.violations.slice(0, 20) }, null, 2)}\n`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
} else if (name === 'moves') {
  const ended = new AbortController();
  process.once('SIGINT', () => { ended.abort(new Error('ended')); });
  if (values.controls) {
    const report = await runNoOwnershipVersion({ members: 40, moves: 5, seed: Number(values.seed), say, signal: ended.signal });
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.exit((report.caughtBy['directoryIsRight'] ?? 0) > 0 ? 0 : 1);
  }
  const report = await runMovesFaults({
    members: Number(values.members), moves: Number(values.moves), faults: Number(values.faults ?? 30), restores: Number(values.restores), seed: Number(values.seed), durable: true, keep: values.keep, say, signal: ended.signal,
  });
  process.stdout.write(`${JSON.stringify({ ...report, violations: report.violations.slice(0, 20) }, null, 2)}\n`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
} else {
  process.stderr.write(`${help}\n`);
  process.exitCode = 2;
}
