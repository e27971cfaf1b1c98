import { isNativeError } from 'node:util/types';
import { scrub } from './personalData.js';

/** What a log says of an error. */
export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly constraint?: string;
  readonly table?: string;
  /** Where it was thrown: file and line of the innermost frames. A whole stack would repeat the message and paths of the machine. */
  readonly at?: readonly string[];
  readonly cause?: ErrorDescription;
}

const textOf = (source: object, key: string): string | undefined => {
  const value: unknown = Reflect.get(source, key);
  return typeof value === 'string' ? value : undefined;
};

/** PostgreSQL's messages, details and hints repeat the values of a statement, and TypeORM adds the statement itself. */
const isDatabaseError = (error: object): boolean =>
  'driverError' in error || ('severity' in error && /^[0-9A-Z]{5}$/.test(textOf(error, 'code') ?? ''));

/**
 * Describes an error for the log: never SQL, parameters, connection strings or numbers of persons. Of a database error only
 * the SQLSTATE, the constraint and the table are told.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!isNativeError(error)) return { type: typeof error };
  const database = isDatabaseError(error);
  const origin: unknown = 'driverError' in error ? error.driverError : error;
  const source = isNativeError(origin) ? origin : error;
  const code = textOf(source, 'code') ?? ('extensions' in error && typeof error.extensions === 'object' && error.extensions ? textOf(error.extensions, 'code') : undefined);
  const [constraint, table] = database ? [textOf(source, 'constraint'), textOf(source, 'table')] : [];
  const at = framesOf(error);
  const cause = error.cause ?? ('originalError' in error ? error.originalError : undefined);
  return {
    type: error.constructor.name,
    ...(code === undefined ? {} : { code }),
    ...(database ? {} : { message: scrub(error.message).slice(0, 500) }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(at.length === 0 ? {} : { at }),
    ...(isNativeError(cause) && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  };
}

const framesOf = (error: Error): readonly string[] =>
  (error.stack ?? '').split('\n').flatMap((line) => /^\s+at .*?([\w.@-]+:\d+):\d+\)?$/.exec(line)?.[1] ?? []).slice(0, 4);
