import { writeFileSync } from 'node:fs';
import { policyDocument } from '../access/policyDocument.js';
import { recordedRelations } from '../server/recordedRelations.js';

writeFileSync(new URL('../../POLICY.md', import.meta.url), policyDocument(recordedRelations));
console.log('Wrote subgraphs/runtime/POLICY.md.');
