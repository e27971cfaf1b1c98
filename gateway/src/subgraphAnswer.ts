import type { GraphQLFormattedError } from 'graphql';
import { SubgraphFailure } from './subgraphRequest.js';

export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLFormattedError[];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a subgraph's answer and checks its form: an object with data or errors, and as many entities as were asked for.
 * @param asked number of entities asked for, undefined for a request of the root
 * @throws SubgraphFailure
 */
export function readAnswer(status: number, text: string, asked: number | undefined): SubgraphAnswer {
  const answer = parsed(text);
  if (!isObject(answer)) throw new SubgraphFailure(status >= 500 ? 'refused' : 'invalid', new Error(`status ${status} without a GraphQL answer`));
  const { data = null, errors = [] } = answer;
  if (!(data === null || isObject(data)) || !Array.isArray(errors) || !errors.every(isError)) throw new SubgraphFailure('invalid', new Error('not of the form of a GraphQL answer'));
  if (data === null && errors.length === 0) throw new SubgraphFailure(status >= 500 ? 'refused' : 'invalid', new Error(`status ${status} without data or errors`));
  if (data !== null && asked !== undefined && !(Array.isArray(data['_entities']) && data['_entities'].length === asked && data['_entities'].every((entity) => entity === null || isObject(entity)))) {
    throw new SubgraphFailure('invalid', new Error(`not the ${asked} entities asked for`));
  }
  return { data, errors };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isError = (value: unknown): value is GraphQLFormattedError => isObject(value) && typeof value['message'] === 'string'
  && (value['extensions'] === undefined || isObject(value['extensions']))
  && (value['path'] === undefined || (Array.isArray(value['path']) && value['path'].every((key) => typeof key === 'string' || typeof key === 'number')));
