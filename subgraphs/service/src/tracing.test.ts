import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { PlatformError } from '@delta/schema/errors';
import { describeSpan, extractTrace, injectTrace, span, startTracing, traceparentOf } from './tracing.js';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
afterAll(() => { trace.disable(); context.disable(); propagation.disable(); });

test('passes the caller\'s traceparent on while tracing is off, and nothing that only looks like one', async () => {
  expect(injectTrace({}, parent)).toEqual({ traceparent: parent });
  expect(injectTrace({})).toEqual({});
  expect(traceparentOf({ traceparent: parent })).toBe(parent);
  expect(traceparentOf({ traceparent: '349999199003070012' })).toBeUndefined();
  let ran = false;
  const pending = span('work', {}, async () => { ran = true; });
  expect(ran).toBe(true);
  await pending;
});

test('exports spans that continue the caller\'s trace, without messages of errors', async () => {
  const received: string[] = [];
  const collector = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => received.push(chunk)).on('end', () => { response.setHeader('content-type', 'application/json').end('{}'); });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
  const tracing = await startTracing('test');
  const headers = await extractTrace({ traceparent: parent }, () => span('outer', { 'delta.province': 'anhui' }, async () => {
    describeSpan({ 'delta.rows': 3 });
    await span('inner', {}, () => Promise.reject(new PlatformError('NOT_FOUND', { message: 'of 349999199003070012' }))).catch(() => undefined);
    return injectTrace({});
  }));
  await tracing.stop();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  collector.close();
  expect(headers['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  const sent = received.join('');
  for (const part of ['0af7651916cd43dd8448eb211c80319c', 'outer', 'inner', 'NOT_FOUND', 'delta.rows']) expect(sent).toContain(part);
  expect(sent).not.toContain('349999199003070012');
});
