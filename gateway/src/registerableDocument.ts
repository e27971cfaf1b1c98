import { createHash } from 'node:crypto';
import { Kind, print, validate, visit, type GraphQLSchema } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { parseDocument, refuseOversized } from './checkDocument.js';
import type { Limits } from './limits.js';
import type { MeasureBy } from './measureDocument.js';

/** What registered documents are held against. */
export interface RegistrationRules extends MeasureBy {
  /** The schema without persons. */
  readonly dashboards: GraphQLSchema;
  readonly limits: Limits;
}

export interface RegisterableDocument {
  readonly id: string;
  /** In canonical form: without comments, laid out as the printer does. */
  readonly query: string;
  readonly operationName: string | undefined;
}

/** The id of a canonical document: whoever has the document can tell its id, and an id stands for one document for ever. */
export const documentIdOf = (canonical: string): string => `sha256:${createHash('sha256').update(canonical).digest('hex')}`;

/**
 * Whether a document may be registered: one query over the schema without persons, within the limits. What its variables ask
 * for is measured again when it runs.
 * @throws PlatformError LITERAL_PERSONAL_DATA, DOCUMENT_INVALID saying what does not fit, DOCUMENT_TOO_LARGE,
 *   DOCUMENT_TOO_DEEP, DOCUMENT_TOO_WIDE, TOO_MANY_PROVINCE_HOPS, LIST_TOO_LARGE
 */
export function registerableDocument(text: string, { dashboards, limits, ...by }: RegistrationRules): RegisterableDocument {
  const document = parseDocument(text, limits);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (!operation || operations.length > 1 || operation.operation !== 'query') throw invalid('A registered document holds one operation, a query.');
  visit(document, { Field: ({ name }) => { if (name.value.startsWith('__') && name.value !== '__typename') throw invalid('A registered document does not ask for the schema.'); } });
  const errors = validate(dashboards, document);
  if (errors.length > 0) throw invalid(`The document does not fit the schema without persons: ${errors.map(({ message }) => message).join(' ')}`);
  refuseOversized(document, operation, {}, by, limits);
  const query = print(document);
  return { id: documentIdOf(query), query, operationName: operation.name?.value };
}

const invalid = (message: string): PlatformError => new PlatformError('DOCUMENT_INVALID', { message });
