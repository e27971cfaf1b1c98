import { readFile, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleFolder, serviceModules } from '../serviceModules.js';

/*
 * Bundles what `npm start` runs, from what the packages' builds left in `dist`. A service alone is some 2,000 modules, and eight
 * services start at once: finding and reading them was most of the start.
 */

/** Modules find their files beside themselves, not beside the bundle that they end in. */
const ownPlace: Plugin = {
  name: 'own place',
  setup: ({ onLoad }) => onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    if (!text.includes('import.meta.url')) return undefined;
    const place = `new URL(${JSON.stringify(relative(bundleFolder, path))}, import.meta.url).href`;
    return { contents: text.replaceAll('import.meta.url', place) };
  }),
};

await rm(bundleFolder, { recursive: true, force: true });
await build({
  entryPoints: {
    start: fileURLToPath(new URL('../start.js', import.meta.url)),
    ...Object.fromEntries(Object.entries(serviceModules).map(([name, module]) => [name, module()])),
  },
  bundle: true, splitting: true, outdir: bundleFolder, chunkNames: 'shared-[hash]',
  format: 'esm', platform: 'node', target: 'node20', charset: 'utf8', logLevel: 'warning',
  // Less to read at the start; names stay, for stack traces.
  minifyWhitespace: true, sourcemap: 'linked', sourcesContent: false,
  // These read files beside their own modules by `__dirname`, which a bundle has not.
  external: ['pino', 'pdfkit', 'fontkit'],
  // CommonJS modules among them ask for node's own by `require`.
  banner: { js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);" },
  plugins: [ownPlace],
});
