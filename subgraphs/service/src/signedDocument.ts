import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Something signed that anybody may have, and may keep for a while. */
export interface SignedDocument {
  readonly bytes: Uint8Array;
  /** Its media type. */
  readonly type: string;
  /** How long it may be used without asking again, in seconds. */
  readonly maxAge: number;
}

/** SHA-256 of what is given again and again, once: a list of a million takes tens of milliseconds. */
const digests = new WeakMap<Uint8Array, Buffer>();

function digestOf(bytes: Uint8Array): Buffer {
  const known = digests.get(bytes) ?? createHash('sha256').update(bytes).digest();
  digests.set(bytes, known);
  return known;
}

/** Names one content, for `If-None-Match`. */
export const entityTag = (bytes: Uint8Array): string => `"${digestOf(bytes).toString('base64url')}"`;

/** Weak and strong tags alike: what is signed is the same byte for byte, or it is another (RFC 9110, 13.1.2). */
const names = (header: string | undefined, tag: string): boolean => header?.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag) ?? false;

/** Answers a GET: whole, or 304 where the asker has it. Caches on the way may keep it; `Repr-Digest` (RFC 9530) lets them notice damage. */
export async function sendDocument(request: FastifyRequest, reply: FastifyReply, { bytes, type, maxAge }: SignedDocument): Promise<FastifyReply> {
  const tag = entityTag(bytes);
  reply.headers({ etag: tag, 'cache-control': `public, max-age=${maxAge}`, 'repr-digest': `sha-256=:${digestOf(bytes).toString('base64')}:` });
  if (names(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
