import { writeFileSync } from 'node:fs';
import { compose } from '../compose.js';
import { readPublished, supergraphFile } from '../published.js';

writeFileSync(supergraphFile, compose(readPublished()));
console.log('Wrote schema/supergraph.graphql.');
