import { PlatformError } from '@delta/schema/errors';
import { followFile, type Followed } from '@delta/service/followFile';
import type { Logger } from '@delta/service/log';
import { parseManifest, type RegisteredDocument } from './documentManifest.js';
import type { Limits } from './limits.js';
import type { LoadedSupergraph } from './loadSupergraph.js';
import { registerableDocument } from './registerableDocument.js';

export interface DocumentRegistry {
  /** All documents registered now. */
  all(): Promise<readonly RegisteredDocument[]>;
  /**
   * A registered document, as far as it still fits: it is held against the schema without persons of the supergraph that
   * will run it, so neither a manifest written by hand nor a new supergraph opens persons.
   * @throws PlatformError DOCUMENT_UNKNOWN, DOCUMENT_INVALID
   */
  find(id: string, supergraph: LoadedSupergraph): Promise<RegisteredDocument>;
  /** Hands over what is registered from now on, so that it is planned before anybody asks for it. Returns how to stop. */
  follow(take: (added: readonly RegisteredDocument[]) => Promise<void>): () => void;
}

/** The documents of the manifest, which is read again when it has changed; there may be none yet. */
export function createDocumentRegistry({ file, limits, log, everyMs = 1_000 }: {
  readonly file: string; readonly limits: Limits; readonly log: Logger; readonly everyMs?: number;
}): DocumentRegistry {
  const read = (text: string): ReadonlyMap<string, RegisteredDocument> => new Map(parseManifest(text).map((document) => [document.id, document]));
  let followed: Followed<ReadonlyMap<string, RegisteredDocument>> | undefined;
  let told = '';
  const current = async (): Promise<ReadonlyMap<string, RegisteredDocument>> => {
    try {
      followed ??= await followFile(file, { read, log, everyMs });
    } catch (error) {
      const { message } = error as Error;
      if (message !== told) log.info({ reason: message }, 'no documents are registered');
      told = message;
      return new Map();
    }
    return followed();
  };

  const refusals = new WeakMap<LoadedSupergraph, Map<string, PlatformError | null>>();
  const refusalOf = ({ id, query }: RegisteredDocument, supergraph: LoadedSupergraph): PlatformError | null => {
    const known = refusals.get(supergraph) ?? new Map<string, PlatformError | null>();
    refusals.set(supergraph, known);
    if (!known.has(id)) known.set(id, refused(() => registerableDocument(query, { ...supergraph, limits })));
    return known.get(id)!;
  };

  return {
    all: async () => [...(await current()).values()],
    async find(id, supergraph) {
      const document = (await current()).get(id);
      if (!document) throw new PlatformError('DOCUMENT_UNKNOWN');
      const refusal = refusalOf(document, supergraph);
      if (refusal) throw refusal;
      return document;
    },
    follow(take) {
      let known: ReadonlySet<string> | undefined;
      const look = async (): Promise<void> => {
        const documents = await current();
        const added = known ? [...documents.values()].filter(({ id }) => !known!.has(id)) : [];
        known = new Set(documents.keys());
        if (added.length > 0) await take(added);
      };
      const timer = setInterval(() => { look().catch((error: unknown) => { log.warn({ err: error }, 'newly registered documents cannot be planned ahead'); }); }, everyMs).unref();
      return () => { clearInterval(timer); };
    },
  };
}

function refused(work: () => unknown): PlatformError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}
