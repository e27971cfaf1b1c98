import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpServer } from '@delta/service/httpServer';
import type { ExampleDocument } from './exampleDocuments.js';

const require = createRequire(import.meta.url);
const packaged = (name: string, file: string): string => join(dirname(require.resolve(`${name}/package.json`)), file);
const own = (file: string): string => fileURLToPath(new URL(`../graphiql/${file}`, import.meta.url));

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** Everything the page loads, all of it from here: stations have no way to a CDN. */
const files: readonly (readonly [path: string, type: string, file: string])[] = [
  ['/', 'text/html; charset=utf-8', own('index.html')],
  ['/graphiql/start.js', script, own('start.js')],
  ['/graphiql/page.css', style, own('page.css')],
  ['/graphiql/react.js', script, packaged('react', 'umd/react.production.min.js')],
  ['/graphiql/react-dom.js', script, packaged('react-dom', 'umd/react-dom.production.min.js')],
  ['/graphiql/graphiql.js', script, packaged('graphiql', 'graphiql.min.js')],
  ['/graphiql/graphiql.css', style, packaged('graphiql', 'graphiql.min.css')],
];

/** Scripts from this server alone. GraphiQL's editor writes style attributes and its style sheet holds its fonts. */
const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:",
  "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

/** Serves GraphiQL at `/`, with the examples as its tabs. */
export function serveGraphiql(fastify: HttpServer['fastify'], documents: readonly ExampleDocument[]): void {
  const headers = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' };
  for (const [path, type, file] of files) {
    const content = readFileSync(file);
    fastify.get(path, async (_request, reply) => reply.headers(headers).type(type).send(content));
  }
  fastify.get('/graphiql', async (_request, reply) => reply.redirect('/'));
  fastify.get('/graphiql/examples.json', async (_request, reply) => reply.headers(headers).send(documents.map(({ name, query, variables }) => ({ name, query, variables }))));
}
