import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { errorCatalogue } from '@delta/schema/errors';
import type { Logger } from '@delta/service/log';
import { maskError } from '@delta/service/maskError';
import { currentRequestId } from '@delta/service/requestScope';
import type { RequestContext } from './requestContext.js';
import { pathExtension } from './subgraphErrors.js';

/** Formats one error for the client: catalogue code, remedy, province, path, and the request id where only the log can tell more. */
export const formatFor = (log: Logger) => (formatted: GraphQLFormattedError, original: unknown): GraphQLFormattedError => {
  const { error, unexpected } = maskError(formatted, original);
  const requestId = currentRequestId();
  const { [pathExtension]: told, province } = formatted.extensions ?? {};
  // A fault of a subgraph stands in its own log, under the same request id.
  if (unexpected && province === undefined) log.error({ err: original }, 'a request failed within the gateway');
  const { path: found, ...rest } = error;
  const path = isPath(told) ? told : province === undefined ? found : undefined;
  return { ...rest, ...(path === undefined ? {} : { path }), extensions: { ...rest.extensions, ...(unexpected && requestId !== undefined ? { requestId } : {}) } };
};

const isPath = (value: unknown): value is readonly (string | number)[] => Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number');

/**
 * Tidies a finished answer: the same error once (several requests to one dead subgraph say the same), and where the gateway
 * had to leave out a value that breaks the contract without any subgraph having said so, an error instead of its notes.
 */
export const tidyAnswer = (log: Logger): ApolloServerPlugin<RequestContext> => ({
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body }, contextValue }) {
        if (body.kind !== 'single') return;
        const { singleResult } = body;
        const broken = singleResult.extensions?.['valueCompletion'];
        delete singleResult.extensions;
        const errors = [...(singleResult.errors ?? []), ...(Array.isArray(broken) ? contractBroken(broken, log) : [])];
        if (errors.length > 0) singleResult.errors = [...new Map(errors.map((error) => [JSON.stringify([error.message, error.path, error.extensions]), error])).values()];
        contextValue.conclude?.(errors.length === 0 ? 'ok' : singleResult.data ? 'partial' : 'error');
      },
    };
  },
});

function contractBroken(notes: readonly unknown[], log: Logger): GraphQLFormattedError[] {
  log.warn({ values: notes.length }, 'a subgraph\'s answer breaks the contract');
  const { message, remedy } = errorCatalogue.PROVINCE_ANSWER_INVALID;
  return notes.slice(0, 20).map((note) => {
    const path: unknown = typeof note === 'object' && note !== null && 'path' in note ? note.path : undefined;
    return { message, ...(isPath(path) ? { path } : {}), extensions: { code: 'PROVINCE_ANSWER_INVALID', remedy } };
  });
}
