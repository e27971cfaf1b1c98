import { integer, type ConfigOf } from '@delta/service/config';

/** Every bound on what comes in, from clients and from subgraphs. All are checked before a plan is made. */
export const limitVariables = {
  /** Bytes of a request body. Past it: BODY_TOO_LARGE. */
  bodyBytes: integer('DELTA_LIMIT_BODY_BYTES', { default: 262_144, min: 1_024 }),
  /** Tokens of a document as written. Past it: DOCUMENT_TOO_LARGE. */
  tokens: integer('DELTA_LIMIT_TOKENS', { default: 2_000, min: 10 }),
  /** Fields of an operation with its fragments expanded. Past it: DOCUMENT_TOO_LARGE. */
  fields: integer('DELTA_LIMIT_FIELDS', { default: 1_000, min: 10 }),
  /** Levels of fields, fragments expanded. Past it: DOCUMENT_TOO_DEEP. */
  depth: integer('DELTA_LIMIT_DEPTH', { default: 16, min: 1 }),
  /** Aliases of an operation, fragments expanded. Past it: DOCUMENT_TOO_WIDE. */
  aliases: integer('DELTA_LIMIT_ALIASES', { default: 40, min: 0 }),
  /** Fields at the root of an operation. Past it: DOCUMENT_TOO_WIDE. */
  rootFields: integer('DELTA_LIMIT_ROOT_FIELDS', { default: 20, min: 1 }),
  /** Zone edges on one path. Planning time explodes with them. Past it: TOO_MANY_PROVINCE_HOPS. */
  hops: integer('DELTA_LIMIT_HOPS', { default: 3, min: 0 }),
  /** All zone edges of an operation, one weighing twice as much as the one it lies behind: 1, 2, 4. Past it: TOO_MANY_PROVINCE_HOPS. */
  hopWeight: integer('DELTA_LIMIT_HOP_WEIGHT', { default: 24, min: 1 }),
  /** Rows that the nested lists of an operation ask for together. Past it: LIST_TOO_LARGE. */
  rows: integer('DELTA_LIMIT_ROWS', { default: 10_000, min: 1 }),
  /** Bytes of a subgraph's answer. Past it: PROVINCE_ANSWER_INVALID. */
  answerBytes: integer('DELTA_LIMIT_ANSWER_BYTES', { default: 8_388_608, min: 1_024 }),
  /** Milliseconds a subgraph has for an answer, its last byte included. Past it: PROVINCE_TIMEOUT. */
  deadlineMs: integer('DELTA_SUBGRAPH_DEADLINE_MS', { default: 3_000, min: 50, max: 60_000 }),
  /** Connections to one subgraph. Past it requests queue, within their deadline. */
  connections: integer('DELTA_SUBGRAPH_CONNECTIONS', { default: 128, min: 1 }),
} as const;

export type Limits = ConfigOf<typeof limitVariables>;
