import { randomUUID } from 'node:crypto';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { PlatformError } from '@delta/schema/errors';
import { errorBody } from './errorBody.js';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';
import { holdsIdNumber } from './personalData.js';
import { inRequest } from './requestScope.js';

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
  const { log, metrics, host, ready, bodyLimit = 1_048_576, trustRequestId = false, drainMs = 2_000, drainDelayMs = 0 } = options;
  let state: 'open' | 'unready' | 'closing' = 'open';
  const app = fastify({
    bodyLimit,
    requestTimeout: 15_000,
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
  });
  // From here on and not before: the parser of the body would lose the scope.
  app.addHook('preHandler', (request, _reply, done) => { inRequest(request.id, done); });
  app.addHook('onSend', async (_request, reply) => { if (state !== 'open') reply.header('connection', 'close'); });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions: { url: route = 'unknown' } } = request;
    // The route's pattern, never the URL: a query string could hold anything.
    log[operational.has(route) ? 'debug' : 'info']({ requestId: request.id, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
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
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port };
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

const operational = new Set(['/health', '/ready', '/metrics']);

const usableId = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) && !holdsIdNumber(value) ? value : undefined;

function knownFailure({ code }: FastifyError): PlatformError | undefined {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new PlatformError('BODY_TOO_LARGE');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new PlatformError('BAD_REQUEST', { message: 'The request\'s content type must be application/json.' });
  return code?.startsWith('FST_ERR_CTP_') || code === 'FST_ERR_BAD_URL' ? new PlatformError('BAD_REQUEST') : undefined;
}

const statusOf = ({ statusCode }: FastifyError, refused: PlatformError): number => (statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : refused.http);
