import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { readRequest, type GraphqlRequest } from './checkDocument.js';
import type { DocumentRegistry } from './documentRegistry.js';
import type { LoadedSupergraph } from './loadSupergraph.js';

export interface RequestedDocument extends GraphqlRequest {
  /** Its name, when it is a registered one. */
  readonly registered: string | undefined;
}

/**
 * What a request asks: a document of its own, or by `documentId` a registered one. Dashboards are third parties and run
 * registered documents only, so for them a document of their own is not even read.
 * @throws PlatformError DOCUMENT_NOT_REGISTERED, DOCUMENT_UNKNOWN, DOCUMENT_INVALID, BAD_REQUEST
 */
export async function requestedDocument(body: Readonly<Record<string, unknown>>, viewer: Viewer | null, registry: DocumentRegistry, supergraph: LoadedSupergraph): Promise<RequestedDocument> {
  const { documentId = null, ...rest } = body;
  if (documentId === null) {
    if (viewer?.role === 'dashboard') throw new PlatformError('DOCUMENT_NOT_REGISTERED');
    return { ...readRequest(rest), registered: undefined };
  }
  if (typeof documentId !== 'string') throw new PlatformError('BAD_REQUEST', { message: '`documentId` must be a string.' });
  if ('query' in rest) throw new PlatformError(viewer?.role === 'dashboard' ? 'DOCUMENT_NOT_REGISTERED' : 'BAD_REQUEST', { message: 'Send `documentId` or `query`, not both.' });
  const { name, query } = await registry.find(documentId, supergraph);
  return { ...readRequest({ ...rest, query }), registered: name };
}
