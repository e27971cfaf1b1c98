import type { PlatformError } from '@delta/schema/errors';

/** A refused request's whole answer, in the form of a GraphQL response without data. */
export const errorBody = ({ message, extensions }: PlatformError, requestId: string) => ({ errors: [{ message, extensions: { ...extensions, requestId } }] });
