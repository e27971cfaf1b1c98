import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { startTracing } from '@delta/service/tracing';
import { startTestZone, token } from './testing/testZone.js';

interface Span { readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly name: string }

test('one trace leads from the caller through the gateway into each subgraph, without documents, variables or viewers', async () => {
  const sent: string[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => { sent.push(body); response.setHeader('content-type', 'application/json').end('{}'); });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const tracing = await startTracing('test');
  const zone = await startTestZone();

  const query = 'mutation Lookup($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id member { name } } } } }';
  await zone.ask(query, { variables: { input: { idNumber: '349999197511148373', purpose: 'CHECK_IN' } }, token: await token(), headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
  await zone.close();
  await tracing.stop();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  collector.close();

  const spans = sent.flatMap((text) => (JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
    .filter(({ traceId }) => traceId === '0af7651916cd43dd8448eb211c80319c');
  const named = (name: string): Span => spans.find((span) => span.name === name)!;
  const ancestors = (span: Span): string[] => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent ? [parent.name, ...ancestors(parent)] : [];
  };
  expect(named('gateway graphql').parentSpanId).toBe('b7ad6b7169203331');
  for (const subgraph of ['shanghai', 'zone', 'anhui']) expect(ancestors(named(`${subgraph} graphql`))).toEqual(expect.arrayContaining(['gateway.fetch', 'gateway graphql']));
  expect(sent.join('')).not.toMatch(/349999|idNumber|王|clerk|openLookup/);
});
