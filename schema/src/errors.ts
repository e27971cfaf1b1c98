import { GraphQLError } from 'graphql';
import { errorCatalogue, type ErrorCode, type ErrorEntry } from './errorCatalogue.js';

export { errorCatalogue, type ErrorCode, type ErrorEntry };

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorCatalogue, code);

/**
 * An error with a code of the catalogue. `extensions` are `{ code, remedy, ...details }`; details are names and figures of
 * the system, never of a person. `message` in `details` replaces the catalogue's where a more exact one helps.
 */
export class PlatformError extends GraphQLError {
  override readonly name = 'PlatformError';
  readonly code: ErrorCode;
  /** HTTP status of a request refused whole for this reason. */
  readonly http: number;

  constructor(code: ErrorCode, details: { readonly message?: string; readonly [name: string]: unknown } = {}, cause?: Error) {
    const { message, ...rest } = details;
    const entry: ErrorEntry = errorCatalogue[code];
    super(message ?? entry.message, { extensions: { code, remedy: entry.remedy, ...rest }, ...(cause ? { originalError: cause } : {}) });
    this.code = code;
    this.http = entry.http;
  }
}
