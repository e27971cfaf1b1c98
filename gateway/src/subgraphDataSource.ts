import { Pool } from 'undici';
import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { provinceBySlug } from '@delta/schema/provinces';
import { contextHeader, signContext } from '@delta/service/context';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { MutualTls } from '@delta/service/tls';
import { describeSpan, injectTrace } from '@delta/service/tracing';
import { createCircuitBreaker, type BreakerState, type CircuitBreaker } from './circuitBreaker.js';
import type { GatewayMetrics } from './gatewayMetrics.js';
import type { Limits } from './limits.js';
import type { RequestContext } from './requestContext.js';
import { readAnswer } from './subgraphAnswer.js';
import { errorsOfAnswer, errorsOfFailure, failureCode, type RequestPlace } from './subgraphErrors.js';
import { SubgraphContexts } from './subgraphContexts.js';
import { SubgraphFailure, requestSubgraph, type SubgraphFailureKind } from './subgraphRequest.js';

export interface SubgraphOptions {
  readonly name: string;
  /** Where its GraphQL is; `ready` beside it tells whether it can work. */
  readonly url: string;
  /** Name of the zone's subgraph. */
  readonly zone: string;
  readonly signer: Signer;
  readonly limits: Pick<Limits, 'deadlineMs' | 'answerBytes' | 'connections'>;
  readonly breaker: { readonly threshold: number; readonly pauseMs: number; readonly longestPauseMs: number; readonly probeTimeoutMs: number };
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly tls?: MutualTls | undefined;
}

type ProcessOptions = GraphQLDataSourceProcessOptions<RequestContext>;
type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Failures after which the subgraph is not asked again before it was probed. A broken connection alone can be a restart. */
const opening: readonly SubgraphFailureKind[] = ['timeout', 'unreachable'];

/** One subgraph as the gateway asks it: signed, within a deadline, behind a breaker, its errors named after it. */
export class SubgraphDataSource implements GraphQLDataSource<RequestContext> {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #breaker: CircuitBreaker;
  readonly #contexts: SubgraphContexts;

  constructor(private readonly options: SubgraphOptions) {
    const { url, limits, breaker, metrics, name, log, tls, signer } = options;
    const address = new URL(url);
    this.#path = address.pathname + address.search;
    this.#contexts = new SubgraphContexts(signer, name);
    this.#pool = new Pool(address.origin, { connections: limits.connections, pipelining: 1, connect: { timeout: Math.min(1_000, limits.deadlineMs), ...tls } });
    this.#breaker = createCircuitBreaker({
      ...breaker,
      probe: () => this.#probe(),
      onChange: (state) => {
        metrics.breaker(name, state);
        if (state === 'open') log.warn({ subgraph: name }, 'a subgraph is not asked until it answers again');
        else log.info({ subgraph: name }, 'a subgraph answers again');
      },
    });
    metrics.breaker(name, 'closed');
  }

  get state(): BreakerState { return this.#breaker.state; }

  async process({ request, context, ...options }: ProcessOptions): Promise<Answer> {
    // Planning ahead executes a document against nothing.
    if (!isRequestContext(context) || context.planOnly) return { data: {} };
    const { name, zone, metrics } = this.options;
    const place: RequestPlace = { subgraph: name, zone, query: request.query ?? '', at: ('pathInIncomingRequest' in options && options.pathInIncomingRequest) || [] };
    const pass = this.#breaker.enter();
    if (!pass) {
      metrics.fetch(name, 'open', 0);
      return { errors: errorsOfFailure(failureCode('open', place), place) } as Answer;
    }
    const started = performance.now();
    const done = (outcome: string): void => { metrics.fetch(name, outcome, (performance.now() - started) / 1000); };
    try {
      const { data, errors } = await this.#ask(request, context);
      pass.succeeded();
      done(errors.length === 0 ? 'ok' : 'errors');
      return { data, ...(errors.length > 0 ? { errors: errorsOfAnswer(errors, place) } : {}) } as Answer;
    } catch (error) {
      const failure = error instanceof SubgraphFailure ? error : new SubgraphFailure('invalid', error);
      if (opening.includes(failure.kind)) pass.failed();
      done(failure.kind);
      describeSpan({ 'delta.failure': failure.kind });
      this.options.log.warn({ subgraph: name, failure: failure.kind, err: failure.cause }, 'a subgraph gave no usable answer');
      return { errors: errorsOfFailure(failureCode(failure.kind, place), place) } as Answer;
    }
  }

  async close(): Promise<void> {
    this.#breaker.stop();
    await this.#pool.destroy();
  }

  async #ask({ query, variables, operationName }: ProcessOptions['request'], context: RequestContext) {
    const { name, limits: { deadlineMs, answerBytes } } = this.options;
    const body = JSON.stringify({ query, variables, operationName });
    const { viewer, requestId, bearer, traceparent } = context;
    const issuedHere = viewer?.province != null && provinceBySlug(name)?.code === viewer.province;
    const headers = injectTrace({
      'content-type': 'application/json',
      accept: 'application/json',
      'x-request-id': requestId,
      ...(issuedHere && bearer !== undefined ? { authorization: `Bearer ${bearer}` } : {}),
    }, traceparent);
    const due = performance.now() + deadlineMs;
    const { status, text } = await this.#contexts.send({ viewer, requestId, body }, (context) => requestSubgraph({
      pool: this.#pool, method: 'POST', path: this.#path, headers: { ...headers, [contextHeader]: context }, body, deadlineMs: Math.max(1, due - performance.now()), answerBytes,
    }));
    return readAnswer(status, text, Array.isArray(variables?.['representations']) ? variables['representations'].length : undefined);
  }

  /** Whether the subgraph says it is ready, and its GraphQL answers too. A subgraph that has no `/ready` may pass. */
  async #probe(): Promise<boolean> {
    const { name, signer, breaker: { probeTimeoutMs } } = this.options;
    const bounds = { pool: this.#pool, deadlineMs: probeTimeoutMs, answerBytes: 65_536 };
    try {
      const ready = await requestSubgraph({ ...bounds, method: 'GET', path: new URL('ready', new URL(this.#path, 'http://subgraph')).pathname });
      if (ready.status >= 500) return false;
      const body = JSON.stringify({ query: '{ __typename }' });
      const requestId = `probe-${name}`;
      const headers = { 'content-type': 'application/json', 'x-request-id': requestId, [contextHeader]: await signContext(signer, { audience: name, viewer: null, requestId, body }) };
      return (await requestSubgraph({ ...bounds, method: 'POST', path: this.#path, headers, body })).status < 500;
    } catch {
      return false;
    }
  }
}

const isRequestContext = (context: Record<string, unknown> | RequestContext): context is RequestContext => 'requestId' in context;
