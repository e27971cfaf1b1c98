import { writeFileSync } from 'node:fs';
import { refusalsDocument } from '../refusals/refusalsDocument.js';

writeFileSync(new URL('../../REFUSALS.md', import.meta.url), refusalsDocument());
console.log('Wrote subgraphs/pass/REFUSALS.md.');
