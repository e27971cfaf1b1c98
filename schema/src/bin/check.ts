import { readFileSync } from 'node:fs';
import { schemaChanges } from '../check.js';
import { compose } from '../compose.js';
import { readContract, readZonePart } from '../contract.js';
import { lintContract, lintZonePart } from '../lint.js';
import { readPublished, supergraphFile } from '../published.js';

/** `npm run schema:check [-- --against FILE]`: lints, composes, compares; exits 1 when the committed file is not what composes. */
const at = process.argv.indexOf('--against');
const faults = [...lintContract(readContract()), ...lintZonePart(readZonePart())];
for (const fault of faults) console.error(`contract: ${fault}`);

const committed = readFileSync(at > 0 ? process.argv[at + 1]! : supergraphFile, 'utf8');
const composed = compose(readPublished());
const changes = await schemaChanges(committed, composed);
for (const change of changes) console.log(`${change.criticality.padEnd(9)} ${change.message}`);
const breaking = changes.filter((change) => change.criticality === 'breaking').length;
if (committed !== composed) {
  console.error(`The supergraph differs from what the published subgraphs compose to: ${changes.length} changes for clients, ${breaking} breaking.\n`
    + 'If that is meant, run `npm run schema:compose` and commit schema/supergraph.graphql.');
}
if (faults.length === 0 && committed === composed) console.log('schema/supergraph.graphql is what the published subgraphs compose to.');
process.exitCode = faults.length > 0 || committed !== composed ? 1 : 0;
