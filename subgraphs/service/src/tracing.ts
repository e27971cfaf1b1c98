import { SpanStatusCode, context, propagation, trace, type Attributes } from '@opentelemetry/api';
import { PlatformError } from '@delta/schema/errors';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const tracer = trace.getTracer('delta');
let tracing = false;

/**
 * Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT` when it is set, and loads the SDK only then. Without it every function here
 * costs next to nothing. The exporter reads the usual OTEL_* variables itself.
 * @returns what sends the remaining spans and stops
 */
export async function startTracing(name: string, env: NodeJS.ProcessEnv = process.env): Promise<{ stop(): Promise<void> }> {
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT']) return { stop: async () => undefined };
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'), import('@opentelemetry/exporter-trace-otlp-http'), import('@opentelemetry/resources'),
  ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': name, 'service.namespace': 'delta' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  tracing = true;
  return {
    stop: () => Promise.race([provider.shutdown(), new Promise<void>((resolve) => { setTimeout(resolve, 1000).unref(); })]).catch(() => undefined),
  };
}

/** Whether spans go anywhere, for those who would make one for every statement. */
export const isTracing = (): boolean => tracing;

/**
 * Runs `fn`, at once, within a span. A failure is recorded by its code alone: messages and stacks may hold what no trace may.
 * @param attributes names and figures of the system, never of a person
 */
export function span<T>(name: string, attributes: Attributes, fn: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (current) => {
    try {
      return await fn();
    } catch (error) {
      current.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof PlatformError ? error.code : 'INTERNAL' });
      throw error;
    } finally {
      current.end();
    }
  });
}

/** Names and figures for the span under way. */
export const describeSpan = (attributes: Attributes): void => { trace.getActiveSpan()?.setAttributes(attributes); };

const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `traceparent`, if it is one. */
export const traceparentOf = (headers: Headers): string | undefined => {
  const value = headers['traceparent'];
  return typeof value === 'string' && traceparent.test(value) ? value : undefined;
};

/**
 * Adds the trace under way to outgoing headers; with tracing off, `fallback` (the caller's own traceparent) is passed on.
 * Baggage is not: it could hold anything.
 */
export function injectTrace(headers: Record<string, string>, fallback?: string): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  const parent = carrier['traceparent'] ?? fallback;
  if (parent !== undefined) headers['traceparent'] = parent;
  if (carrier['tracestate'] !== undefined) headers['tracestate'] = carrier['tracestate'];
  return headers;
}

/** Runs `fn` as a part of the trace that the incoming headers name. */
export function extractTrace<T>(headers: Headers, fn: () => T): T {
  const parent = traceparentOf(headers);
  return parent === undefined ? fn() : context.with(propagation.extract(context.active(), { traceparent: parent }), fn);
}
