import { writeFileSync } from 'node:fs';
import { clientSchema, compose } from '../compose.js';
import { dashboardFile, printDashboardSchema } from '../dashboard.js';
import { readPublished, supergraphFile } from '../published.js';

const supergraph = compose(readPublished());
writeFileSync(supergraphFile, supergraph);
writeFileSync(dashboardFile, printDashboardSchema(clientSchema(supergraph)));
console.log('Wrote schema/supergraph.graphql and schema/dashboard.graphql.');
