import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { clientSchema } from '@delta/schema/compose';
import { dashboardSchema } from '@delta/schema/dashboard';
import { PlatformError } from '@delta/schema/errors';
import { documentName, readManifest, writeManifest } from './documentManifest.js';
import { readSupergraph } from './readSupergraph.js';
import { registerableDocument, type RegistrationRules } from './registerableDocument.js';
import type { DocumentsSettings } from './settings.js';

export const documentsHelp = `npm run documents -- register FILE [--name NAME]   checks a query and registers it; prints the id that dashboards send
npm run documents -- list                          prints id and name of every registered document
npm run documents -- remove ID|NAME                takes one back; the gateway refuses it from then on
Registered are queries over schema/dashboard.graphql, into DELTA_DOCUMENTS_FILE (default: documents.json in DELTA_HOME, .delta).`;

/** Runs one command and returns what it has to say. @throws PlatformError naming what is wrong with a document, a name or the manifest */
export async function documentsCommand(argv: readonly string[], settings: DocumentsSettings): Promise<string> {
  const { values, positionals } = parseArgs({ args: [...argv], strict: true, allowPositionals: true, options: { name: { type: 'string' }, help: { type: 'boolean' } } });
  const [command, argument, ...more] = positionals;
  if (values.help || command === undefined) return documentsHelp;
  if (command === 'list' && argument === undefined) return list(settings);
  if (command === 'register' && argument !== undefined && more.length === 0) return register(argument, values.name, settings);
  if (command === 'remove' && argument !== undefined && more.length === 0) return remove(argument, settings);
  throw refusal('This is no command.', `\n${documentsHelp}`);
}

async function list({ documentsFile }: DocumentsSettings): Promise<string> {
  const documents = await readManifest(documentsFile);
  return documents.length === 0 ? 'No document is registered.' : documents.map(({ id, name }) => `${id} ${name}`).join('\n');
}

async function register(file: string, wished: string | undefined, settings: DocumentsSettings): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => { throw refusal(`The file ${file} cannot be read.`, 'Give the path of a GraphQL document, from the repository\'s root.'); });
  const { id, query, operationName } = registerableDocument(text, await rulesOf(settings));
  const name = wished ?? operationName ?? basename(file).replace(/\.graphql$/, '');
  if (!documentName.test(name)) throw refusal(`\`${name.slice(0, 64)}\` is no name for a document.`, 'Give --name, up to 64 letters, digits, `-`, `_` and `.`, beginning with a letter.');

  const documents = await readManifest(settings.documentsFile);
  const same = documents.find((document) => document.id === id);
  if (same) return `${id}\nIt was registered already, as ${same.name}.`;
  if (documents.some((document) => document.name === name)) throw refusal(`Another document is registered as ${name}.`, 'Give a new --name, such as one with a version, and remove the old one when nobody sends it any more.');
  await writeManifest(settings.documentsFile, [...documents, { id, name, query }]);
  return `${id}\nRegistered as ${name}.`;
}

async function remove(wanted: string, { documentsFile }: DocumentsSettings): Promise<string> {
  const documents = await readManifest(documentsFile);
  const found = documents.find(({ id, name }) => id === wanted || name === wanted);
  if (!found) throw new PlatformError('DOCUMENT_UNKNOWN');
  await writeManifest(documentsFile, documents.filter((document) => document !== found));
  return `Removed ${found.name}, ${found.id}.`;
}

async function rulesOf({ supergraphFile, ...limits }: DocumentsSettings): Promise<RegistrationRules> {
  const sdl = await readFile(supergraphFile, 'utf8');
  const schema = clientSchema(sdl);
  return { schema, edges: readSupergraph(sdl, 'zone').edges, dashboards: dashboardSchema(schema), limits };
}

const refusal = (message: string, remedy: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message, remedy });
