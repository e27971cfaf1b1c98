import { fileURLToPath } from 'node:url';

/** Where the build puts what `npm start` runs: one file a service, and what they share. */
export const bundleFolder = fileURLToPath(new URL('../dist/bundles/', import.meta.url));
