import { readFileSync } from 'node:fs';
import { schemaChanges, type SchemaChange } from '../check.js';
import { compose } from '../compose.js';
import { readContract, readZonePart } from '../contract.js';
import { lintContract, lintZonePart } from '../lint.js';
import { readPublished, supergraphFile } from '../published.js';

/** `npm run schema:check [-- --against FILE]`: lints, composes, compares; exits 1 when the committed file is not what composes. */
const at = process.argv.indexOf('--against');
const against = at > 0 ? process.argv[at + 1] ?? '' : supergraphFile;

function report(committed: string, composed: string, changes: readonly SchemaChange[]): boolean {
  for (const change of changes) console.log(`${change.criticality.padEnd(9)} ${change.message}`);
  if (committed === composed) return true;
  const breaking = changes.filter((change) => change.criticality === 'breaking').length;
  console.error(`The supergraph differs from what the published subgraphs compose to: ${changes.length} changes for clients, ${breaking} breaking.\n`
    + 'If that is meant, run `npm run schema:compose` and commit schema/supergraph.graphql.');
  return false;
}

try {
  const faults = [...lintContract(readContract()), ...lintZonePart(readZonePart())];
  for (const fault of faults) console.error(`contract: ${fault}`);
  const committed = readFileSync(against, 'utf8');
  const composed = compose(readPublished());
  const same = report(committed, composed, await schemaChanges(committed, composed));
  if (faults.length === 0 && same) console.log('schema/supergraph.graphql is what the published subgraphs compose to.');
  process.exitCode = faults.length > 0 || !same ? 1 : 0;
} catch (error) {
  console.error(`The schema cannot be checked: ${(error as Error).message}\nCheck that the file exists and is a supergraph, and that every file in schema/published composes.`);
  process.exitCode = 2;
}
