import type { IncomingHttpHeaders } from 'node:http';
import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server';
import type { FastifyReply } from 'fastify';
import { PlatformError } from '@delta/schema/errors';

/**
 * Parses the body of a GraphQL request: one JSON object.
 * @throws PlatformError BAD_REQUEST, BATCH_REFUSED
 */
export function parseGraphqlBody(body: unknown): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    throw new PlatformError('BAD_REQUEST', { message: 'The request body is not JSON.' });
  }
  if (Array.isArray(parsed)) throw new PlatformError('BATCH_REFUSED');
  if (typeof parsed !== 'object' || parsed === null) throw new PlatformError('BAD_REQUEST');
  return parsed as Record<string, unknown>;
}

/** Lets Apollo Server answer one POST over Fastify. `body` is the parsed request. */
export async function answerGraphql<C extends BaseContext>(apollo: ApolloServer<C>, { body, headers, context, reply }: {
  readonly body: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
  readonly context: () => Promise<C>;
  readonly reply: FastifyReply;
}): Promise<FastifyReply> {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: { method: 'POST', headers: map, search: '', body }, context });
  for (const [name, value] of answer.headers) reply.header(name, value);
  // Incremental delivery is off everywhere, so an answer is never chunked.
  if (answer.body.kind !== 'complete') throw new PlatformError('INTERNAL');
  return reply.code(answer.status ?? 200).send(answer.body.string);
}
