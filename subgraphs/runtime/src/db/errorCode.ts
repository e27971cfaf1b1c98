/**
 * The code an error carries: a SQLSTATE, or Node's name of a system error. Judged by shape, not by class: errors of Node itself
 * may come from another realm than ours, where `instanceof Error` does not hold.
 */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export const errorMessage = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string' ? error.message : String(error);
