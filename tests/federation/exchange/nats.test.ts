import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority, writeCertificate } from '@delta/service/testing/certificates';
import { loadMutualTls, type MutualTls } from '@delta/service/tls';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';
import { createNatsServer, type NatsServer } from '../../support/natsServer.js';
import { soundStream } from '../../support/soundStream.js';
import { natsWire, type End } from '../../support/wires.js';
import { withNatsServer } from '../../support/withNatsServer.js';

const owners = fileURLToPath(new URL('../../../docker/nats/owners.conf', import.meta.url));

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

withNatsServer('brokers that die, refuse and come back; events of real owners by a broker', () => {
  let broker: NatsServer;
  beforeEach(async () => { broker = await createNatsServer(); });
  afterEach(async () => { await broker.close(); });

  describe('events of owners with a broker between them', () => {
    let zone: Owners;
    let [shanghai, jiangsu]: Owner[] = [];
    beforeEach(async () => {
      await broker.start();
      zone = await startOwners(undefined, { broker: broker.url });
      ({ shanghai, jiangsu } = zone.owners);
    });
    afterEach(async () => { await zone.close(); });

    test('arrive once each and in order while the broker is killed in their midst and started again', async () => {
      for (const owner of [shanghai!, jiangsu!]) owner.run();
      let [killed, again] = [0, Promise.resolve()];
      for (let n = 1; n <= 500; n += 1) {
        await shanghai!.write('jiangsu', `s-${n % 7}`, n);
        if (n % 125 !== 60) continue;
        // Wherever it meets them: a message in the stream, a reply under way, a receipt that nobody hears.
        await again;
        await broker.kill();
        killed += 1;
        again = sleep(n % 2 === 0 ? 50 : 700).then(() => broker.start());
      }
      await again;
      expect(killed).toBe(4);
      await until(async () => (await jiangsu!.arrived('shanghai')).length >= 500, '500 notes', 40);
      expect((await jiangsu!.arrived('shanghai')).map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
      await soundStream(shanghai!, jiangsu!, 500);
    });

    test('are sent again when the broker has said that it keeps them and lost them', async () => {
      jiangsu!.pause(true);
      shanghai!.run();
      await shanghai!.write('jiangsu', 'a', 1);
      const admin = await connect({ servers: broker.url });
      const { streams } = await jetstreamManager(admin);
      await until(async () => ((await streams.info('DELTA_EXCHANGE').catch(() => undefined))?.state.messages ?? 0) > 0, 'a message in the stream');
      await streams.delete('DELTA_EXCHANGE');
      await admin.close();
      jiangsu!.pause(false);
      jiangsu!.run();
      await until(async () => (await jiangsu!.arrived('shanghai')).length > 0, 'the note', 30);
      expect(await jiangsu!.arrived('shanghai')).toEqual([{ subject: 'a', n: 1 }]);
      await soundStream(shanghai!, jiangsu!, 1);
    });

    test('of many megabytes go in as many messages as the broker wants, and come back so to a sender that was restored', async () => {
      await broker.kill();
      await broker.configure('max_payload: 65536');
      await broker.start();
      const backup = await shanghai!.backup();
      for (let n = 1; n <= 60; n += 1) await shanghai!.write('jiangsu', 'a', n, { text: 'x'.repeat(10_000) });
      const both = [shanghai!.run(), jiangsu!.run()];
      await until(async () => (await jiangsu!.arrived('shanghai')).length >= 60, '60 notes', 30);
      await Promise.all(both.map((each) => each.stop()));
      await shanghai!.restore(backup);
      for (const owner of [shanghai!, jiangsu!]) owner.run();
      await until(async () => (await shanghai!.written()).length === 60, 'what was lost', 30);
      await soundStream(shanghai!, jiangsu!, 60);
    });

    test('that alone are larger than the broker carries are refused by their code, and recorded so', async () => {
      await shanghai!.write('jiangsu', 'a', 1, { text: 'x'.repeat(2_000_000) });
      for (const owner of [shanghai!, jiangsu!]) owner.run();
      await until(async () => (await shanghai!.rows('select 1 from exchange_refusal')).length > 0, 'a recorded refusal');
      expect(await shanghai!.rows('select peer, side, code from exchange_refusal')).toEqual([{ peer: 'jiangsu', side: 'SENT', code: 'BODY_TOO_LARGE' }]);
    });

    test('do not hold up a stop while there is no broker and no peer', async () => {
      const exchange = shanghai!.run();
      await shanghai!.write('jiangsu', 'a', 1);
      await sleep(300);
      await broker.kill();
      await sleep(200);
      const started = performance.now();
      await exchange.stop();
      expect(performance.now() - started).toBeLessThan(2_500);
    });
  });

  describe('a broker', () => {
    let ends: End[] = [];
    afterEach(async () => { await Promise.all(ends.map((end) => end.stop())); ends = []; });
    const echo = async (message: Buffer): Promise<Buffer> => message;
    const ask = async (end: End): Promise<string> => end.transport.ask('jiangsu', Buffer.from('hello')).then(String, (error: { code: string }) => error.code);
    const pair = async (...more: [{ readonly credentialsFile?: string }?]): Promise<End> => {
      const wire = natsWire(broker.url, ...more);
      ends = [await wire.join('shanghai', echo, 1_000), await wire.join('jiangsu', echo, 1_000)];
      return ends[0]!;
    };
    const answered = (end: End): Promise<void> => until(async () => await ask(end) === 'hello', 'an answer', 20);

    test('that is not there is waited for, and found when it is', async () => {
      const shanghai = await pair();
      expect(await ask(shanghai)).toBe('PEER_UNAVAILABLE');
      await broker.start();
      await answered(shanghai);
    });

    test('that lets nobody in is tried again until it does', async () => {
      await broker.configure('authorization { user: somebody, password: else }');
      await broker.start();
      const shanghai = await pair();
      expect(await ask(shanghai)).toBe('PEER_UNAVAILABLE');
      await broker.kill();
      await broker.configure('');
      await broker.start();
      await answered(shanghai);
      // And the other way round: under a connection that held.
      await broker.kill();
      await broker.configure('authorization { user: somebody, password: else }');
      await broker.start();
      expect(await ask(shanghai)).toBe('PEER_UNAVAILABLE');
      await broker.kill();
      await broker.configure('');
      await broker.start();
      await answered(shanghai);
    });

    test('that forbids to write is a peer that is unavailable, until it allows it', async () => {
      const forbids = (what: string): string => `authorization { users: [{ user: any, password: "", permissions: { ${what} } }] }\nno_auth_user: any`;
      await broker.configure(forbids('publish: { deny: ["delta.exchange.to.jiangsu"] }'));
      await broker.start();
      const shanghai = await pair();
      expect(await ask(shanghai)).toBe('PEER_UNAVAILABLE');
      for (const what of ['subscribe: { deny: ["delta.exchange.reply.>"] }', 'publish: { deny: ["$JS.API.>"] }', 'publish: { deny: ["delta.exchange.reply.>"] }']) {
        await broker.kill();
        await broker.configure(forbids(what));
        await broker.start();
        expect([what, await ask(shanghai)]).toEqual([what, 'PEER_UNAVAILABLE']);
      }
      await broker.kill();
      await broker.configure('');
      await broker.start();
      await answered(shanghai);
    });

    test('that wants credentials gets those of the file, also when they are replaced', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'delta-creds-'));
      const credentialsFile = join(folder, 'nats.creds');
      const { createUser } = await import('@nats-io/nkeys');
      const [first, second] = [createUser(), createUser()];
      const credentials = (user: ReturnType<typeof createUser>): string => `-----BEGIN NATS USER JWT-----\nnone\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${new TextDecoder().decode(user.getSeed())}\n------END USER NKEY SEED------\n`;
      const admits = (user: ReturnType<typeof createUser>): Promise<void> => broker.configure(`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`);
      try {
        await writeFile(credentialsFile, credentials(first));
        await admits(first);
        await broker.start();
        const shanghai = await pair({ credentialsFile });
        await answered(shanghai);
        await broker.kill();
        await admits(second);
        await broker.start();
        expect(await ask(shanghai)).toBe('PEER_UNAVAILABLE');
        await writeFile(credentialsFile, credentials(second));
        await answered(shanghai);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('set up as docker/nats has it lets an owner write to all and read what is for itself, by its certificate, and no stranger in', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'delta-nats-tls-'));
      try {
        const authority = await createAuthority('delta');
        const tlsOf = async (owner: string, by = authority): Promise<MutualTls> => (await loadMutualTls(await writeCertificate(folder, owner, by, authority)))!;
        // The broker is held to its name, as a certificate is made out to it.
        const server = await writeCertificate(folder, 'localhost', authority);
        await broker.configure(`tls { cert_file: "${server.tlsCertFile}", key_file: "${server.tlsKeyFile}", ca_file: "${server.tlsCaFile}", verify_and_map: true }\n${await readFile(owners, 'utf8')}`);
        await broker.start();
        const url = broker.url.replace('127.0.0.1', 'localhost');
        const wire = natsWire(url, { tlsOf });
        ends = await Promise.all(['zone', 'shanghai', 'jiangsu'].map((owner) => wire.join(owner, echo, 2_000)));
        await answered(ends[1]!);
        expect(String(await ends[2]!.transport.ask('zone', Buffer.from('hello')))).toBe('hello');

        const { cert, key, ca } = await tlsOf('shanghai');
        const rogue = await connect({ servers: url, tls: { cert: cert.toString(), key: key.toString(), ca: ca.toString() }, inboxPrefix: 'delta.exchange.inbox.shanghai', reconnect: false });
        const refused: string[] = [];
        void (async () => { for await (const status of rogue.status()) if (status.type === 'error') refused.push(status.error.message); })();
        for (const subject of ['delta.exchange.reply.jiangsu.>', 'delta.exchange.inbox.jiangsu.>', 'delta.exchange.to.jiangsu', '>']) rogue.subscribe(subject, { callback: () => undefined });
        for (const subject of ['$JS.API.CONSUMER.MSG.NEXT.DELTA_EXCHANGE.jiangsu', '$JS.API.CONSUMER.CREATE.DELTA_EXCHANGE.shanghai.delta.exchange.to.jiangsu', '$JS.API.STREAM.MSG.GET.DELTA_EXCHANGE', '$JS.API.STREAM.DELETE.DELTA_EXCHANGE']) rogue.publish(subject, '{}');
        await rogue.flush();
        await until(async () => refused.length === 8, 'eight refusals');
        await rogue.close();

        const stranger = await natsWire(url, { tlsOf: async (owner) => tlsOf(owner, await createAuthority('elsewhere')) }).join('anhui', echo, 1_000);
        ends.push(stranger);
        expect(await ask(stranger)).toBe('PEER_UNAVAILABLE');
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('reads nothing of what it carries', async () => {
      await broker.start();
      const shanghai = await pair();
      await answered(shanghai);
      const nc = await connect({ servers: broker.url });
      const seen: string[] = [];
      nc.subscribe('>', { callback: (_error, { subject, data }) => { seen.push(`${subject} ${Buffer.from(data).toString()}`); } });
      await nc.flush();
      expect(String(await shanghai.transport.ask('jiangsu', Buffer.from('赵示例 349999197511148373')))).toBe('赵示例 349999197511148373');
      await until(async () => seen.some((each) => each.startsWith('delta.exchange.to.jiangsu')) && seen.some((each) => each.startsWith('delta.exchange.reply.shanghai')), 'message and reply');
      expect(seen.join('\n')).not.toMatch(/赵示例|349999197511148373/);
      await nc.close();
    });

    test('gives a message whose reply goes nowhere to nobody, and its receiver publishes nothing', async () => {
      await broker.start();
      let heard = 0;
      ends = [await natsWire(broker.url).join('jiangsu', async (message) => { heard += 1; return message; })];
      const nc = await connect({ servers: broker.url });
      const { streams } = await jetstreamManager(nc);
      await until(async () => streams.info('DELTA_EXCHANGE').then(() => true, () => false), 'a stream');
      const { headers } = await import('@nats-io/transport-node');
      for (const address of ['$JS.API.STREAM.DELETE.DELTA_EXCHANGE', 'shanghai.*.1', '']) {
        const head = headers();
        head.set('Delta-Reply', address);
        nc.publish('delta.exchange.to.jiangsu', 'hello', { headers: head });
      }
      await nc.flush();
      await until(async () => (await streams.info('DELTA_EXCHANGE')).state.messages === 0, 'an empty stream');
      expect(heard).toBe(0);
      await nc.close();
    });
  });
});
