import { createHash } from 'node:crypto';
import { GraphQLError, Kind, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import { BoundedCache } from '@delta/service/boundedCache';
import { holdsIdNumber } from '@delta/service/personalData';
import { checkVariables } from './checkVariables.js';
import type { Limits } from './limits.js';
import { measureDocument, type Measure, type MeasureBy } from './measureDocument.js';
import { refusePersonalLiterals, refusePersonalSource } from './refusePersonalLiterals.js';

/** The parts of a request that the checks read; `body` as parsed from JSON. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type DocumentChecker = (request: GraphqlRequest, by: MeasureBy) => OperationDefinitionNode;

/** In this order: the first bound that is passed is the one told. */
const bounds: readonly (readonly [keyof Measure, ErrorCode])[] = [
  ['depth', 'DOCUMENT_TOO_DEEP'], ['hops', 'TOO_MANY_PROVINCE_HOPS'], ['rootFields', 'DOCUMENT_TOO_WIDE'], ['aliases', 'DOCUMENT_TOO_WIDE'],
  ['fields', 'DOCUMENT_TOO_LARGE'], ['hopWeight', 'TOO_MANY_PROVINCE_HOPS'], ['rows', 'LIST_TOO_LARGE'],
];

/** Reads a request out of its JSON body. @throws PlatformError BAD_REQUEST */
export function readRequest({ query, operationName = null, variables = null }: Readonly<Record<string, unknown>>): GraphqlRequest {
  if (typeof query !== 'string' || query === '') throw new PlatformError('BAD_REQUEST', { message: 'The request has no `query`.' });
  if (variables !== null && (typeof variables !== 'object' || Array.isArray(variables))) throw new PlatformError('BAD_REQUEST', { message: '`variables` must be an object.' });
  if (operationName !== null && typeof operationName !== 'string') throw new PlatformError('BAD_REQUEST', { message: '`operationName` must be a string.' });
  return { query, operationName: operationName ?? undefined, variables: (variables ?? {}) as Record<string, unknown> };
}

/**
 * Checks what a client sends before anything is validated or planned: personal data outside of variables, size, and for the
 * operation asked depth, width, hops between provinces, rows, and the variables' types. It returns the operation.
 *
 * Parsed documents are kept by digest; one with personal data in it never gets there.
 * @throws PlatformError LITERAL_PERSONAL_DATA, DOCUMENT_INVALID, BAD_REQUEST, DOCUMENT_TOO_LARGE, DOCUMENT_TOO_DEEP,
 *   DOCUMENT_TOO_WIDE, TOO_MANY_PROVINCE_HOPS, LIST_TOO_LARGE, VARIABLES_INVALID
 */
export function createDocumentChecker(limits: Limits): DocumentChecker {
  const parsed = new BoundedCache<string, DocumentNode>(500);

  const documentOf = (query: string): DocumentNode => {
    const digest = createHash('sha256').update(query).digest('base64');
    const known = parsed.get(digest);
    if (known) return known;
    const document = parseDocument(query, limits);
    parsed.set(digest, document);
    return document;
  };

  return ({ query, operationName, variables }, by) => {
    if (operationName !== undefined && holdsIdNumber(operationName)) throw new PlatformError('LITERAL_PERSONAL_DATA');
    const document = documentOf(query);
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const operation = operationName === undefined ? operations[0] : operations.find(({ name }) => name?.value === operationName);
    if (!operation || (operationName === undefined && operations.length > 1)) {
      throw new PlatformError('BAD_REQUEST', { message: 'The document has no operation of that name, or several and none is named.' });
    }
    if (operation.operation === 'subscription') throw new PlatformError('DOCUMENT_INVALID', { message: 'Subscriptions are not served.' });
    // Validation reads the whole document, so every operation in it has to keep within bounds.
    for (const candidate of operations) refuseOversized(document, candidate, variables, by, limits);
    checkVariables(by.schema, operation, variables);
    return operation;
  };
}

/**
 * A document that holds no personal data and is not too long.
 * @throws PlatformError LITERAL_PERSONAL_DATA, DOCUMENT_INVALID, DOCUMENT_TOO_LARGE
 */
export function parseDocument(query: string, limits: Limits): DocumentNode {
  refusePersonalSource(query);
  const document = parseBounded(query, limits.tokens);
  refusePersonalLiterals(document);
  return document;
}

/** @throws PlatformError DOCUMENT_TOO_DEEP, DOCUMENT_TOO_WIDE, DOCUMENT_TOO_LARGE, TOO_MANY_PROVINCE_HOPS, LIST_TOO_LARGE */
export function refuseOversized(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>, by: MeasureBy, limits: Limits): void {
  const measure = measureDocument(document, operation, variables, by);
  for (const [bound, code] of bounds) {
    if (measure[bound] > limits[bound]) throw new PlatformError(code, { limit: limits[bound], found: Math.min(measure[bound], Number.MAX_SAFE_INTEGER) });
  }
}

function parseBounded(query: string, maxTokens: number): DocumentNode {
  try {
    return parse(query, { noLocation: true, maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError && /contains more tha[nt] \d+ tokens/.test(error.message)) throw new PlatformError('DOCUMENT_TOO_LARGE', { limit: maxTokens });
    const [at] = error instanceof GraphQLError ? error.locations ?? [] : [];
    throw new PlatformError('DOCUMENT_INVALID', { message: at ? `The document cannot be parsed at line ${at.line}, column ${at.column}.` : 'The document cannot be parsed.' });
  }
}
