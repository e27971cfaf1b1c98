import { GraphQLError, Kind, type ASTNode, type GraphQLFormattedError } from 'graphql';
import { errorCatalogue, isErrorCode, type ErrorCode } from '@delta/schema/errors';
import { scrub } from './personalData.js';

export interface MaskedError {
  readonly error: GraphQLFormattedError;
  /** True when the cause is a fault of ours, which belongs into the log. */
  readonly unexpected: boolean;
}

/** Details of an error that may leave beside code and remedy; all else is dropped. */
const details = new Set(['province', 'limit', 'found', 'field', 'reason', 'scope', 'retryAt', 'retryAfterSeconds', 'refusal']);

/** What Apollo Server and the gateway call the failures that a client causes. */
const foreignCodes: Readonly<Record<string, ErrorCode>> = {
  GRAPHQL_PARSE_FAILED: 'DOCUMENT_INVALID',
  GRAPHQL_VALIDATION_FAILED: 'DOCUMENT_INVALID',
  BAD_USER_INPUT: 'VARIABLES_INVALID',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  BAD_REQUEST: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

/**
 * What of an error may leave the process: a code of the catalogue with its remedy, a message that repeats no value, and the
 * path. Everything else becomes INTERNAL.
 * @param formatted the error as GraphQL would send it
 * @param original what was thrown
 */
export function maskError(formatted: GraphQLFormattedError, original: unknown): MaskedError {
  const code = formatted.extensions?.['code'];
  if (isErrorCode(code)) return { error: present(code, formatted, isPresentable(formatted.message) ? formatted.message : undefined), unexpected: code === 'INTERNAL' };
  const foreign = typeof code === 'string' && Object.hasOwn(foreignCodes, code) ? foreignCodes[code] : undefined;
  if (foreign === undefined) return { error: present('INTERNAL', formatted), unexpected: true };
  return { error: present(foreign, formatted, foreign === 'DOCUMENT_INVALID' ? documentMessage(formatted, original) : undefined), unexpected: false };
}

function present(code: ErrorCode, { locations, path, extensions }: GraphQLFormattedError, message: string = errorCatalogue[code].message): GraphQLFormattedError {
  const kept = Object.entries(extensions ?? {}).filter(([key, value]) => details.has(key) && isPresentableDetail(value));
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code, remedy: errorCatalogue[code].remedy, ...Object.fromEntries(kept) },
  };
}

/** A message written for people to read, as the catalogue's are: no value, address, statement or stack within. */
const isPresentable = (message: string): boolean =>
  message.length <= 300 && !/[\n\r]|:\/\/|\bat \S+:\d+|[0-9]{9,}/.test(message) && scrub(message) === message
  && !/\b(select|insert into|update|delete from)\b.*\b(from|values|set|where)\b/i.test(message);

const isPresentableDetail = (value: unknown): boolean =>
  (typeof value === 'number' && Math.abs(value) < 1e9) || (typeof value === 'string' && value.length <= 100 && isPresentable(value));

/** Names of the schema and of the document help; values, which messages on literals repeat, must not come back. */
function documentMessage({ message, locations, extensions }: GraphQLFormattedError, original: unknown): string {
  const where = locations?.[0] ? ` at line ${locations[0].line}, column ${locations[0].column}` : '';
  if (extensions?.['code'] === 'GRAPHQL_PARSE_FAILED') return `The document cannot be parsed${where}.`;
  // A suggestion would tell names of the schema to someone who may not introspect it.
  const bare = message.replace(/ Did you mean .*$/s, '').slice(0, 300);
  const nodes = original instanceof GraphQLError ? original.nodes : undefined;
  if (!nodes?.[0] || (isLiteral(nodes[0]) && !namesOnly.test(bare)) || !isPresentable(bare)) return `The document does not fit the schema${where}.`;
  return bare;
}

const namesOnly = /^Field "[\w.]+" (is not defined by type "\w+"|of required type "[\w[\]!]+" was not provided)\.$/;

const literals: readonly string[] = [Kind.INT, Kind.FLOAT, Kind.STRING, Kind.BOOLEAN, Kind.NULL, Kind.ENUM, Kind.LIST, Kind.OBJECT, Kind.OBJECT_FIELD];
const isLiteral = ({ kind }: ASTNode): boolean => literals.includes(kind);
