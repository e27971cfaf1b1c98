import { pino, type Logger, type DestinationStream } from 'pino';
import { describeError } from './describeError.js';
import { scrub } from './personalData.js';
import { currentRequestId } from './requestScope.js';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Keys under which a caller could hand over by accident what no log may hold. */
const secrets = ['authorization', 'token', 'bearer', 'password', 'secret', 'idNumber', 'phone', 'variables', 'query', 'document', 'parameters', 'body'];

/**
 * A service's log: one JSON object a line on standard output, with the request id of the request being served. Errors are
 * described without SQL, parameters and connection strings, and texts lose what looks like a person's number.
 */
export function createLog(name: string, { level = 'info', destination }: { readonly level?: LogLevel; readonly destination?: DestinationStream } = {}): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`]), censor: '[removed]' },
    serializers: { err: (error: unknown) => describeError(error), error: (error: unknown) => describeError(error) },
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { requestId };
    },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger['info']>, method: (...args: Parameters<Logger['info']>) => void) {
        const [first, ...rest] = args as unknown[];
        // pino takes the message of a bare error as the line's text, past the serializer.
        const head = first instanceof Error ? [{ err: first }, ...(rest.length === 0 ? [scrub(first.message).slice(0, 500)] : [])] : [clean(first)];
        method.apply(this, [...head, ...rest.map(clean)] as Parameters<Logger['info']>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options, pino.destination({ dest: 1, sync: true }));
}

const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, typeof field === 'string' ? scrub(field) : field]));
};
