import { createServer as createHttp, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { codesOf, startTestZone, type Answer, type TestZone } from './testing/testZone.js';

let zone: TestZone | undefined;
const servers = new Map<Server | HttpServer, Set<Socket>>();
const stop = async (server: Server | HttpServer): Promise<void> => {
  for (const socket of servers.get(server) ?? []) socket.destroy();
  servers.delete(server);
  await new Promise((resolve) => { server.close(resolve); });
};
afterEach(async () => {
  await zone?.close();
  zone = undefined;
  await Promise.all([...servers.keys()].map(stop));
});

async function listening(server: Server | HttpServer): Promise<{ readonly port: number; readonly stop: () => Promise<void>; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  servers.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server), sockets };
}
/** Takes connections and says nothing, as a stopped process does. */
const silent = () => listening(createTcp(() => undefined));
const answering = (handler: RequestListener) => listening(createHttp(handler));
const withAnhuiAt = async (port: number, env = {}): Promise<TestZone> => { zone = await startTestZone({ instead: { anhui: port }, env }); return zone; };

const list = '{ provinces { name organizations(first: 1) { edges { node { name } } } } }';
const branchesOf = ({ data }: Answer): unknown => (data?.['provinces'] as { organizations: { edges: { node: { name: string } }[] } | null }[]).map(({ organizations }) => organizations?.edges[0]?.node.name ?? null);
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
};
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

test('a hanging subgraph delays the rest by its deadline once, then costs nothing, and comes back by itself', async () => {
  const anhui = await silent();
  const { ask, startSubgraph } = await withAnhuiAt(anhui.port);
  const first = await ask(list);
  expect([branchesOf(first), codesOf(first)]).toEqual([['Shanghai branch', null], ['PROVINCE_TIMEOUT']]);
  expect(first.ms).toBeGreaterThan(550);
  expect(first.ms).toBeLessThan(1_500);
  // Long enough for several probes, which run into the same silence: no client pays for them.
  for (let i = 0; i < 20; i += 1) {
    const later = await ask(list);
    expect([branchesOf(later), codesOf(later)]).toEqual([['Shanghai branch', null], ['PROVINCE_UNAVAILABLE']]);
    expect(later.ms).toBeLessThan(300);
    await wait(50);
  }
  await anhui.stop();
  await startSubgraph('anhui');
  await until(async () => branchesOf(await ask(list)) !== null && codesOf(await ask(list)).length === 0);
});

test('requests that are under way when the breaker opens wait for no more than their own deadline, and none queue behind them', async () => {
  const anhui = await silent();
  const { ask } = await withAnhuiAt(anhui.port, { DELTA_SUBGRAPH_CONNECTIONS: '4', DELTA_BREAKER_PAUSE_MS: '5000', DELTA_SUBGRAPH_DEADLINE_MS: '1500' });
  const crowd = await Promise.all(Array.from({ length: 30 }, () => ask(list)));
  for (const { ms } of crowd) expect(ms).toBeLessThan(4_000);
  const after = await Promise.all(Array.from({ length: 30 }, () => ask(list)));
  for (const answer of after) expect(answer.errors).toMatchObject([{ extensions: { province: 'anhui', code: 'PROVINCE_UNAVAILABLE' } }]);
  expect(Math.max(...after.map(({ ms }) => ms))).toBeLessThan(1_400);
});

test('several steps of one request wait for a hanging subgraph once, not each', async () => {
  const anhui = await silent();
  const { ask } = await withAnhuiAt(anhui.port, { DELTA_BREAKER_PAUSE_MS: '5000' });
  const answer = await ask('{ anhui { name } a: member(id: "a1") { name } provinces { organizations(first: 1) { edges { node { name } } } } }');
  expect(answer.ms).toBeLessThan(1_500);
  expect(answer.data).toMatchObject({ anhui: null });
});

test('a subgraph that is ready but hangs at its work is left alone for longer and longer', async () => {
  let asked = 0;
  const anhui = await answering((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => {
      if (request.url === '/ready') response.end('{"ok":true}');
      else if (body.includes('__typename }"}')) response.end('{"data":{"__typename":"Query"}}');
      else asked += 1;
    });
  });
  const { ask } = await withAnhuiAt(anhui.port, { DELTA_SUBGRAPH_DEADLINE_MS: '100', DELTA_BREAKER_PAUSE_MS: '50' });
  const end = Date.now() + 3_000;
  while (Date.now() < end) await ask('{ anhui { name } }');
  // 50, 100, 200, 400 ... between them, where a fixed pause would let some twenty through.
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(9);
});

test('a dead subgraph costs only its own data, at once', async () => {
  const gone = await silent();
  await gone.stop();
  const { ask } = await withAnhuiAt(gone.port);
  const answer = await ask(list);
  expect([branchesOf(answer), codesOf(answer)]).toEqual([['Shanghai branch', null], ['PROVINCE_UNAVAILABLE']]);
  expect(answer.ms).toBeLessThan(500);
  expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|http/);
});

test('an answer that comes to no end is cut off at the deadline, one that is too large at its limit', async () => {
  const dripping = await answering((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => { clearInterval(drip); });
  });
  const slow = await withAnhuiAt(dripping.port);
  expect(codesOf(await slow.ask('{ anhui { name } }'))).toEqual(['PROVINCE_TIMEOUT']);
  await slow.close();
  const endless = await answering((_request, response) => { response.end(JSON.stringify({ data: { anhui: { name: 'x'.repeat(50_000) } } })); });
  const large = await withAnhuiAt(endless.port, { DELTA_LIMIT_ANSWER_BYTES: '10000' });
  expect(codesOf(await large.ask('{ anhui { name } }'))).toEqual(['PROVINCE_ANSWER_INVALID']);
});

test('a subgraph that answers nonsense is named, and nothing of its answer leaves', async () => {
  const secret = '349999197511148373';
  const answers: readonly (readonly [number, string, string])[] = [
    [200, `<html>${secret}</html>`, 'PROVINCE_ANSWER_INVALID'],
    [200, 'null', 'PROVINCE_ANSWER_INVALID'],
    [200, '{}', 'PROVINCE_ANSWER_INVALID'],
    [200, `{"data":"${secret}"}`, 'PROVINCE_ANSWER_INVALID'],
    [200, `{"errors":["${secret}"]}`, 'PROVINCE_ANSWER_INVALID'],
    [200, `{"data":null,"errors":[{"message":"${secret}","extensions":{"code":"MADE_UP","stacktrace":["at ${secret}"]}}]}`, 'INTERNAL'],
    [200, `{"data":null,"errors":[{"message":"number ${secret}","extensions":{"code":"NOT_FOUND","province":"zone","secret":"${secret}","found":${secret}}}]}`, 'NOT_FOUND'],
    [401, '{"errors":[{"message":"no","extensions":{"code":"CONTEXT_REFUSED"}}]}', 'PROVINCE_ANSWER_INVALID'],
    [503, '{"errors":[{"message":"stopping","extensions":{"code":"SHUTTING_DOWN"}}]}', 'PROVINCE_UNAVAILABLE'],
    [503, 'busy', 'PROVINCE_UNAVAILABLE'],
    [500, secret, 'PROVINCE_UNAVAILABLE'],
    [200, '{"data":{"anhui":{"name":null}}}', 'PROVINCE_ANSWER_INVALID'],
  ];
  let next: readonly [number, string, string] = answers[0]!;
  const anhui = await answering((_request, response) => { response.writeHead(next[0], { 'content-type': 'application/json' }).end(next[1]); });
  const { ask, log } = await withAnhuiAt(anhui.port);
  for (const given of answers) {
    next = given;
    const answer = await ask('{ anhui { name } }');
    expect([given[1], codesOf(answer)]).toEqual([given[1], [given[2]]]);
    expect(answer.data).toEqual({ anhui: null });
    expect(answer.text).not.toContain(secret);
    expect(log()).not.toContain(secret);
    if (given[1] !== answers.at(-1)?.[1]) expect(answer.errors?.[0]).toMatchObject({ path: ['anhui'], extensions: { province: 'anhui' } });
  }
});

test('entities that are not those asked for are refused', async () => {
  const anhui = await answering((_request, response) => { response.end('{"data":{"_entities":[]}}'); });
  const { ask } = await withAnhuiAt(anhui.port);
  expect(await ask('{ member(id: "a1") { name } }')).toMatchObject({ data: { member: { name: null } }, errors: [{ path: ['member'], extensions: { code: 'PROVINCE_ANSWER_INVALID', province: 'anhui' } }] });
});
