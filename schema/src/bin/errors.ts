import { writeFileSync } from 'node:fs';
import { errorsDocument } from '../errorsDocument.js';

writeFileSync(new URL('../../ERRORS.md', import.meta.url), errorsDocument());
console.log('Wrote schema/ERRORS.md.');
