import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { underAttack } from './attack.js';

const attack = underAttack();
const refused = async (query: string, code: string, variables: object = {}): Promise<void> => {
  const started = performance.now();
  const answer = await attack.now.raw(JSON.stringify({ query, variables }));
  expect([...new Set(answer.codes)]).toEqual([code]);
  expect(performance.now() - started).toBeLessThan(2_000);
};

describe('wants one request to cost much', () => {
  test('by depth', async () => {
    await refused(`{ shanghai { organizations(first: 1) { edges { node { ${'parent { '.repeat(40)} name ${'} '.repeat(40)} } } } } }`, 'DOCUMENT_TOO_DEEP');
  });
  test('by crossings between provinces', async () => {
    await refused('{ provinces { organizations(first: 1) { edges { node { name } } } } viewer { member { accessLog(first: 1) { edges { node { organization { name } province { organizations(first: 1) { edges { node { name } } } } } } } } } '
      + `${Array.from({ length: 10 }, (_, i) => `m${i}: member(id: "01890000-0000-7000-8000-00000000000${i}") { province { name } accessLog(first: 1) { edges { node { organization { name } } } } }`).join(' ')} }`, 'TOO_MANY_PROVINCE_HOPS');
  });
  test('by fragments that expand without end', async () => {
    const bomb = `{ ...F0 } ${Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F60 on Query { provinces { code } }`;
    await refused(bomb, 'DOCUMENT_TOO_WIDE');
    await refused('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'DOCUMENT_INVALID');
  });
  test('by lists within lists', async () => {
    await refused('{ provinces { organizations(first: 100) { edges { node { children(first: 100) { edges { node { children(first: 100) { edges { cursor } } } } } } } } } }', 'LIST_TOO_LARGE');
  });
  test('by variables as large as the limit does not allow', async () => {
    const answer = await attack.now.raw(JSON.stringify({ query: 'query($id: ID!) { member(id: $id) { id } }', variables: { id: 'x'.repeat(400_000) } }));
    expect([answer.status, answer.codes]).toEqual([413, ['BODY_TOO_LARGE']]);
  });
  test('by variables nested without end', async () => {
    const answer = await attack.now.raw(`{"query":"query($id: ID!) { member(id: $id) { id } }","variables":{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`);
    expect(answer.status).toBe(400);
  });
  test('by directives, repeated a thousand times', async () => { await refused(`{ provinces { code ${'@include(if: true) '.repeat(1_000)} } }`, 'DOCUMENT_TOO_LARGE'); });
});

describe('wants to hold the server up', () => {
  test('by a body that unpacks to much', async () => {
    const answer = await attack.now.raw(gzipSync(Buffer.from(JSON.stringify({ query: `{ provinces { code } } ${' '.repeat(50_000_000)}` }))), { 'content-encoding': 'gzip' });
    expect([answer.status, answer.codes]).toEqual([415, ['BODY_COMPRESSED']]);
  });

  test('by a body that does not come to its end', async () => {
    const { zone } = attack.now;
    const slow = Array.from({ length: 30 }, () => {
      const request = httpRequest(new URL('/graphql', zone.gateway.url), { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '1000' } });
      request.on('error', () => undefined);
      request.write('{"query":');
      return request;
    });
    const started = performance.now();
    expect((await zone.ask('{ provinces { code } }')).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(2_000);
    for (const request of slow) request.destroy();
  });

  test('by headers without end', async () => {
    const socket = connect(attack.now.zone.gateway.port, '127.0.0.1');
    await once(socket, 'connect');
    let answer = '';
    socket.on('data', (chunk: Buffer) => { answer += chunk.toString(); });
    socket.on('error', () => undefined);
    socket.write(`POST /graphql HTTP/1.1\r\nHost: x\r\n${`X-Filler: ${'y'.repeat(1_000)}\r\n`.repeat(200)}`);
    await Promise.race([once(socket, 'close'), once(socket, 'end'), new Promise((resolve) => { setTimeout(resolve, 5_000); })]);
    expect(answer).toMatch(/^HTTP\/1\.1 (431|400)/);
    socket.destroy();
  });

  test('by documents that never repeat, to push the plans of others out', async () => {
    const { zone } = attack.now;
    for (let i = 0; i < 150; i += 1) expect((await zone.ask(`{ provinces { a${i}: code } }`)).errors).toBeUndefined();
    const metrics = await (await fetch(new URL('/metrics', zone.gateway.url))).text();
    const kept = Number(/^delta_plans_kept ([0-9]+)/m.exec(metrics)?.[1]);
    expect(kept).toBeLessThanOrEqual(2_000);
  });
});
