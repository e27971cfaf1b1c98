import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlatformError } from '@delta/schema/errors';
import { documentIdOf } from './registerableDocument.js';

export interface RegisteredDocument {
  readonly id: string;
  readonly name: string;
  readonly query: string;
}

/** Names stand in metrics and lists. */
export const documentName = /^[A-Za-z][\w.-]{0,63}$/;

/**
 * The manifest's documents. Each is held against its id, so that a document that was changed by hand is not run under the id
 * of another.
 * @throws PlatformError CONFIGURATION_INVALID
 */
export function parseManifest(text: string): readonly RegisteredDocument[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unusable('is not JSON');
  }
  const documents: unknown = typeof content === 'object' && content !== null && 'documents' in content ? content.documents : undefined;
  if (!Array.isArray(documents)) throw unusable('has no list `documents`');
  return documents.map((entry: unknown, index) => {
    const { id, name, query } = (entry ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof query !== 'string' || typeof name !== 'string' || !documentName.test(name)) throw unusable(`has an entry ${index + 1} that cannot be read`);
    if (documentIdOf(query) !== id) throw unusable(`holds another document under the id of \`${name}\``);
    return { id, name, query };
  });
}

/** The documents of a manifest file; none when there is no such file yet. @throws PlatformError CONFIGURATION_INVALID */
export async function readManifest(path: string): Promise<readonly RegisteredDocument[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unusable('cannot be read');
  });
  return text === null ? [] : parseManifest(text);
}

/** Replaces the file in one step: a gateway reads the old list or the new one. */
export async function writeManifest(path: string, documents: readonly RegisteredDocument[]): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, `${JSON.stringify({ documents }, null, 2)}\n`);
  await rename(draft, path);
}

const unusable = (what: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message: `The manifest of registered documents ${what}.` });
