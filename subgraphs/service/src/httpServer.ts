import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { PlatformError } from '@delta/schema/errors';
import { errorBody } from './errorBody.js';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';
import { holdsIdNumber } from './personalData.js';
import { inRequest } from './requestScope.js';
import type { MutualTls } from './tls.js';

/** Whether the service can do its work. `checks` says so part by part, in words for an operator. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export interface HttpServerOptions {
  readonly name: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly ready: () => Promise<Readiness>;
  /** Largest request body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Takes the caller's `x-request-id`. For servers behind the gateway only: what is signed is bound to request ids. */
  readonly trustRequestId?: boolean;
  /** Longest wait for requests under way when draining, in milliseconds. Default 2,000. */
  readonly drainMs?: number;
  /** Wait between turning unready and refusing connections, for load balancers to notice, in milliseconds. Default 0. */
  readonly drainDelayMs?: number;
  /** Longest wait for a whole request to arrive, in milliseconds. Default 15,000. */
  readonly requestTimeoutMs?: number;
  /** Where given, only callers with a certificate of its authority are let in. */
  readonly tls?: MutualTls | undefined;
}

export interface HttpServer {
  /** For routes; JSON bodies arrive as the Buffer that was sent. */
  readonly fastify: FastifyInstance;
  /** @throws PlatformError PORT_IN_USE */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Turns unready, refuses new requests, finishes those under way within `drainMs`, and closes. */
  drain(): Promise<void>;
}

/** What every process serves: `/health`, `/ready`, `/metrics`, request ids, limits in bytes and time, draining. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { log, metrics, host, ready, bodyLimit = 1_048_576, trustRequestId = false, drainMs = 2_000, drainDelayMs = 0, requestTimeoutMs = 15_000, tls } = options;
  let state: 'open' | 'unready' | 'closing' = 'open';
  // Node looks for slow senders every 30 seconds unless told, and takes the longer of both times for the whole request.
  const slowness = { connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs), headersTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs };
  const app = fastify({
    ...(tls ? { https: { ...tls, requestCert: true, rejectUnauthorized: true, ...slowness } } : { http: slowness }),
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    clientErrorHandler: answerBroken,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: (request) => (trustRequestId && usableId(request.headers['x-request-id'])) || randomUUID(),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body); });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    if (state === 'closing') throw new PlatformError('SHUTTING_DOWN');
    // A body that grows when it is unpacked would pass the limit in bytes.
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new PlatformError('BODY_COMPRESSED');
  });
  // From here on and not before: the parser of the body would lose the scope.
  app.addHook('preHandler', (request, _reply, done) => { inRequest(request.id, done); });
  app.addHook('onSend', async (_request, reply) => { if (state !== 'open') reply.header('connection', 'close'); });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions: { url: route = 'unknown' } } = request;
    // The route's pattern, never the URL: a query string could hold anything.
    // A route that is asked every other second says so by its log level: there only what failed is news.
    const quiet = operational.has(route) || (request.routeOptions.logLevel === 'debug' && reply.statusCode < 400);
    log[quiet ? 'debug' : 'info']({ requestId: request.id, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });
  app.setErrorHandler(async (error: FastifyError | PlatformError, request, reply) => {
    const known = error instanceof PlatformError ? error : knownFailure(error);
    if (!known) log.error({ requestId: request.id, err: error }, 'a request failed');
    const refused = known ?? new PlatformError('INTERNAL');
    return reply.code(error instanceof PlatformError ? refused.http : statusOf(error, refused)).type('application/json; charset=utf-8').send(errorBody(refused, request.id));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const refused = new PlatformError('NOT_FOUND', { message: 'There is nothing at this address.', remedy: 'Check the address.' });
    return reply.code(404).type('application/json; charset=utf-8').send(errorBody(refused, request.id));
  });

  app.get('/health', async () => ({ ok: true }));
  app.get('/ready', async (_request, reply) => {
    const { ok, checks } = state === 'open' ? await ready() : { ok: false, checks: { server: 'stopping' } };
    return reply.code(ok ? 200 : 503).send({ ok, checks });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));

  return {
    fastify: app,
    async listen() {
      try {
        await app.listen({ host, port: options.port });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
        throw new PlatformError('PORT_IN_USE', { message: `Port ${options.port} of ${host} is ${code === 'EACCES' ? 'reserved' : 'taken by another process'}.` });
      }
      const address = app.server.address();
      const port = typeof address === 'object' && address ? address.port : options.port;
      return { url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`, port };
    },
    async drain() {
      if (state === 'open') {
        state = 'unready';
        if (drainDelayMs > 0) await new Promise((resolve) => { setTimeout(resolve, drainDelayMs); });
      }
      state = 'closing';
      const bound = setTimeout(() => { app.server.closeAllConnections(); }, drainMs);
      await app.close();
      clearTimeout(bound);
    },
  };
}

/** Answers what is no request yet: it came too slowly, with too many headers, or is not HTTP. There is no request to log it under. */
function answerBroken({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refused = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? new PlatformError('REQUEST_TIMEOUT') : new PlatformError('BAD_REQUEST');
  const [status, phrase] = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? [408, 'Request Timeout'] : code === 'HPE_HEADER_OVERFLOW' ? [431, 'Request Header Fields Too Large'] : [400, 'Bad Request'];
  const body = JSON.stringify(errorBody(refused, randomUUID()));
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`, () => { socket.destroy(); });
}

const operational = new Set(['/health', '/ready', '/metrics']);

const usableId = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) && !holdsIdNumber(value) ? value : undefined;

function knownFailure({ code }: FastifyError): PlatformError | undefined {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new PlatformError('BODY_TOO_LARGE');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new PlatformError('BAD_REQUEST', { message: 'The request\'s content type must be application/json.' });
  return code?.startsWith('FST_ERR_CTP_') || code === 'FST_ERR_BAD_URL' ? new PlatformError('BAD_REQUEST') : undefined;
}

const statusOf = ({ statusCode }: FastifyError, refused: PlatformError): number => (statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : refused.http);
