import { Kind, parse, type GraphQLFormattedError } from 'graphql';
import { errorCatalogue, isErrorCode, type ErrorCode } from '@delta/schema/errors';
import type { SubgraphFailureKind } from './subgraphRequest.js';

/** Path in the client's answer, carried past the gateway, whose own paths are wrong within lists that several subgraphs fill. */
export const pathExtension = 'deltaPath';

type Path = readonly (string | number)[];

/** Where one request to a subgraph belongs. */
export interface RequestPlace {
  readonly subgraph: string;
  readonly zone: string;
  /** Where its data goes in the client's answer; `@` stands for every item of a list. */
  readonly at: Path;
  readonly query: string;
}

/** The code by which a client learns that a subgraph gave nothing. */
export function failureCode(kind: SubgraphFailureKind | 'open', { subgraph, zone }: Pick<RequestPlace, 'subgraph' | 'zone'>): ErrorCode {
  if (kind === 'invalid') return 'PROVINCE_ANSWER_INVALID';
  if (subgraph === zone) return 'ZONE_UNAVAILABLE';
  return kind === 'timeout' ? 'PROVINCE_TIMEOUT' : 'PROVINCE_UNAVAILABLE';
}

/** The errors for a request that brought no data: one for each field it was to fill. */
export const errorsOfFailure = (code: ErrorCode, place: RequestPlace): GraphQLFormattedError[] =>
  filledBy(place).map((path) => stamped({ message: errorCatalogue[code].message, extensions: { code } }, place, path));

/** A subgraph's own errors, with its name and with paths that hold in the client's answer. */
export const errorsOfAnswer = (errors: readonly GraphQLFormattedError[], place: RequestPlace): GraphQLFormattedError[] =>
  errors.map((error) => stamped(error, place, pathOf(error.path, place)));

/** The fields of the client's answer that one request was to fill. */
function filledBy({ at, query }: RequestPlace): Path[] {
  const fields = at.length > 0 ? [] : rootNames(query);
  // Below a list the request stood for some of its items only, and nothing says which.
  return fields.length > 0 ? fields.map((name) => [name]) : [upToList(at)];
}

function stamped({ message, extensions }: GraphQLFormattedError, { subgraph, zone }: RequestPlace, path: Path): GraphQLFormattedError {
  const told = extensions?.['code'];
  // What is between the gateway and the subgraph: the client can do nothing about it.
  const between = told === 'CONTEXT_REFUSED' ? 'invalid' : told === 'SHUTTING_DOWN' ? 'refused' : undefined;
  const code = between ? failureCode(between, { subgraph, zone }) : isErrorCode(told) ? told : 'INTERNAL';
  return {
    message: code === told ? message : errorCatalogue[code].message,
    extensions: { ...extensions, code, province: subgraph, ...(path.length > 0 ? { [pathExtension]: path } : {}) },
  };
}

/** `_entities` and the index within it are between the gateway and the subgraph. */
function pathOf(path: Path | undefined, place: RequestPlace): Path {
  const prefix = upToList(place.at);
  if (prefix.length < place.at.length) return prefix;
  if (path === undefined) return filledBy(place)[0] ?? [];
  const own: Path = path[0] === '_entities' ? path.slice(2) : path;
  return [...prefix, ...own.map((key) => (typeof key === 'string' ? key.replace(/__alias_\d+$/, '') : key))];
}

const upToList = (at: Path): Path => {
  const list = at.indexOf('@');
  return list < 0 ? at : at.slice(0, list);
};

function rootNames(query: string): string[] {
  const [operation] = parse(query, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((selection) => (selection.kind === Kind.FIELD && selection.name.value !== '_entities' ? [selection.alias?.value ?? selection.name.value] : []));
}
