import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { errorCode, errorMessage } from './errorCode.js';

/** The connection was lost under a transaction that was between two statements. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

const networkCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN',
]);

/** SQLSTATE classes: 08 connection exception, 53 insufficient resources (disk, memory, connections). */
const goneClasses = new Set(['08', '53']);

const goneStates = new Set([
  '57P01', // terminated by an administrator, or the server is shutting down
  '57P02', // another backend crashed
  '57P03', // starting up
  '57P05', // idle session timeout
  '25P03', // idle-in-transaction timeout
  '57014', // statement timeout
  '25006', // read-only: the primary we knew was demoted
]);

/** pg reports these without a code. */
const goneMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed) and is not queryable|Query read timeout|Cannot use a pool after calling end on the pool)/;

/** The driver's own error inside TypeORM's. */
const driverErrorOf = (error: unknown): unknown => (error instanceof QueryFailedError ? error.driverError : error);

/** The five-character SQLSTATE, or Node's code of a network error. */
export const codeOf = (error: unknown): string | undefined => errorCode(driverErrorOf(error));

const hasGoneCode = (code: string): boolean => networkCodes.has(code) || goneStates.has(code) || goneClasses.has(code.slice(0, 2));

/**
 * Whether the database, rather than the statement, is the reason: not reachable, going down, out of connections, or too slow
 * to answer in time. Callers answer PROVINCE_UNAVAILABLE then. After a lost COMMIT it is unknown whether the transaction
 * took place: what is retried must carry an idempotency key.
 */
export const isDatabaseGone = (error: unknown): boolean => {
  if (error instanceof ConnectionLost) return true;
  const inner = driverErrorOf(error);
  if (typeof inner !== 'object' || inner === null) return false;
  const code = errorCode(inner);
  if (code === undefined ? goneMessages.test(errorMessage(inner)) : hasGoneCode(code)) return true;
  // A name with several addresses fails with the errors of all of them; wrappers name what they wrap.
  if ('errors' in inner && Array.isArray(inner.errors) && inner.errors.some(isDatabaseGone)) return true;
  return 'cause' in inner && isDatabaseGone(inner.cause);
};

/** Whether the server ends the connection with this error: administrator's command, crash, idle timeouts. */
export const isConnectionOver = (error: unknown): boolean => /^(57P0[1235]|25P03|08...)$/.test(codeOf(error) ?? '');

/** Whether the same transaction may succeed when run again: a serialization failure or a deadlock. */
export const isWorthRepeating = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

/** What TypeORM answers on a transaction's manager once the connection was given back. */
export const isRunnerReleased = (error: unknown): boolean =>
  error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError;
