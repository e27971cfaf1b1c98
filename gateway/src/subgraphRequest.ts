import type { Pool } from 'undici';
import { sessionHeader } from '@delta/service/contextSession';

/** Why a subgraph gave no usable answer. */
export type SubgraphFailureKind = 'unreachable' | 'interrupted' | 'timeout' | 'refused' | 'invalid';

/** `cause` is for the log: it names addresses. */
export class SubgraphFailure extends Error {
  constructor(readonly kind: SubgraphFailureKind, cause?: unknown) { super(`subgraph ${kind}`, cause === undefined ? {} : { cause }); }
}

export interface SubgraphRequest {
  readonly pool: Pool;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Milliseconds for the whole exchange: queueing, connecting, and the answer to its last byte. */
  readonly deadlineMs: number;
  readonly answerBytes: number;
}

export interface SubgraphReply {
  readonly status: number;
  readonly text: string;
  /** What the subgraph says of a session. */
  readonly session?: string;
}

/** One exchange with a subgraph within its deadline and size. @throws SubgraphFailure */
export async function requestSubgraph({ pool, method, path, headers = {}, body, deadlineMs, answerBytes }: SubgraphRequest): Promise<SubgraphReply> {
  const deadline = startDeadline(deadlineMs);
  try {
    const response = await pool.request({ method, path, headers, body: body ?? null, signal: deadline.signal, headersTimeout: 0, bodyTimeout: 0 });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the body and with it the connection.
      if (size > answerBytes) throw new SubgraphFailure('invalid', new Error('the answer is too large'));
      chunks.push(chunk);
    }
    const session = response.headers[sessionHeader];
    return { status: response.statusCode, text: Buffer.concat(chunks).toString('utf8'), ...(typeof session === 'string' ? { session } : {}) };
  } catch (error) {
    if (error instanceof SubgraphFailure) throw error;
    throw new SubgraphFailure(deadline.signal.aborted ? 'timeout' : kindOf(error), error);
  } finally {
    deadline.stop();
  }
}

/**
 * Aborts after `ms`. When the timer comes late, this process was busy (it loaded a supergraph, or made a plan) and the answer
 * may be lying unread: it gets as long again as the timer was late, so that our own pause is not taken for the subgraph's.
 */
function startDeadline(ms: number): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const due = performance.now() + ms;
  let timer = setTimeout(() => {
    const late = performance.now() - due;
    if (late < 20) controller.abort();
    else timer = setTimeout(() => { controller.abort(); }, Math.min(late, ms));
  }, ms);
  return { signal: controller.signal, stop: () => { clearTimeout(timer); } };
}

/** Errors of connecting, after which nothing was sent. */
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
/** No agreement on certificates, by us or by them: nothing was asked either. */
const untrusted = /^(ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_)|SELF_SIGNED/;
const interrupted = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

function kindOf(error: unknown): SubgraphFailureKind {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (unreachable.has(code) || untrusted.test(code)) return 'unreachable';
  return interrupted.has(code) ? 'interrupted' : 'invalid';
}
