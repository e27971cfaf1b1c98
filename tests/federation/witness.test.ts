import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '@delta/runtime/audit/index';
import { digestOf, receiptType, register } from '@delta/runtime/directory/index';
import { keyFiles } from '@delta/local/home';
import { loadSigner, loadTrust, type Signer, type Trust } from '@delta/service/keys';
import { outboxRow } from '../support/outboxRow.js';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

/** Heads are signed every second. */
const often = { DELTA_AUDIT_CHECKPOINT_SECONDS: '1' };

let zone: TestZone;
let trust: Trust;
let signers: Record<string, Signer>;
beforeAll(async () => {
  zone = await startTestZone({ zoneEnv: often, provinceEnv: often });
  const keys = keyFiles(zone.home);
  trust = await loadTrust(keys.trust);
  signers = Object.fromEntries(await Promise.all(['jiangsu', 'anhui', 'zone'].map(async (name) => [name, await loadSigner(keys.signing(name))] as const)));
});
afterAll(async () => { await zone?.close(); });

/** Heads far beyond what a test records, so that the provinces' own do not meet them. */
const head = (slug: string, seq: string, hash: string, minute = 0): Promise<string> =>
  signCheckpoint(signers[slug]!, { seq, hash, at: new Date(Date.now() + minute * 60_000) });
const kept = (holder: string, owner: string): Promise<{ seq: string; hash: string }[]> =>
  zone.rows(holder, 'select seq, hash from audit_witness where owner = $1 and seq >= 1000000 order by seq, hash', [owner]);

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await read();
    if (holds(value) || tries > 60) return value;
    await delay(250);
  }
}

/** Has an owner tell all others what it signed: as its own exchange does it, with whatever token. */
async function tell(slug: string, token: string): Promise<void> {
  for (const peer of ['zone', 'shanghai', 'jiangsu', 'zhejiang', 'anhui'].filter((name) => name !== slug)) {
    await zone.rows(slug, ...outboxRow(peer, 'audit.checkpoint', slug, { token }));
  }
}
/** Until every stream from it has been received to its end. */
const heard = (slug: string): Promise<unknown> => until(
  () => zone.rows<{ n: number }>(slug, `select (select count(*) from exchange_outbox)::integer + (select coalesce(sum(seq - received_seq), 0) from exchange_stream where direction = 'OUT')::integer as n`),
  ([row]) => row?.n === 0);

describe('the heads of audit chains', () => {
  it('are told by each owner to all others, as they are signed', async () => {
    // Something to seal: a head is signed when the chain has moved, and told to whom the list of peers names by then.
    const heldSince = async (): Promise<unknown[]> => zone.rows('zone', 'select 1 from audit_witness where owner = $1', ['anhui']);
    await until(async () => {
      await zone.ask(lookupDocument, { input: { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, await zone.token());
      return heldSince();
    }, ({ length }) => length > 0);
    for (const holder of ['zone', 'shanghai', 'jiangsu', 'zhejiang']) {
      const held = await until(() => zone.rows<{ seq: string; hash: string }>(holder, 'select seq, hash from audit_witness where owner = $1', ['anhui']), ({ length }) => length > 0);
      const own = await zone.rows<{ seq: string; hash: string }>('anhui', 'select seq, hash from audit_checkpoint');
      for (const each of held) expect(own).toContainEqual(each);
    }
  });

  it('are kept by all others and by nobody twice', async () => {
    await tell('anhui', await head('anhui', '1000000', 'a'));
    await heard('anhui');
    for (const holder of ['zone', 'shanghai', 'jiangsu', 'zhejiang']) expect(await kept(holder, 'anhui')).toEqual([{ seq: '1000000', hash: 'a' }]);
    expect(await kept('anhui', 'anhui')).toEqual([]);
  });

  it('of two hashes for one place are both kept, everywhere, and who signed them is told by each', async () => {
    const [first, second] = [await head('anhui', '1000001', 'a'), await head('anhui', '1000001', 'b')];
    await tell('anhui', first);
    await heard('anhui');
    await tell('anhui', second);
    for (const holder of ['zone', 'shanghai']) {
      const forked = await until(() => kept(holder, 'anhui'), ({ length }) => length > 2);
      expect(forked.filter(({ seq }) => seq === '1000001')).toEqual([{ seq: '1000001', hash: 'a' }, { seq: '1000001', hash: 'b' }]);
    }
    const counted = await Promise.all(['zone', 'shanghai', 'anhui'].map(async (owner) => (await fetch(new URL('/metrics', zone.urls[owner]))).text()));
    expect(counted.map((text) => /delta_checkpoint_forks_total\{owner="anhui"\} 1/.test(text))).toEqual([true, true, false]);
    const told = await until(() => zone.rows<{ peer: string; data: string }>('anhui', `select peer, convert_from(data, 'UTF8') as data from exchange_inbox where type = 'audit.forked' order by peer`), ({ length }) => length === 4);
    expect(told.map(({ peer }) => peer)).toEqual(['jiangsu', 'shanghai', 'zhejiang', 'zone']);
    for (const { data } of told) expect(JSON.parse(data)).toEqual({ seq: '1000001', token: second, contradicts: first });
  });

  it('of a chain that got shorter are told from those of one that grew', async () => {
    const grown = await head('jiangsu', '1000010', 'a', 0);
    for (const token of [grown, await head('jiangsu', '1000011', 'b', 5), await head('jiangsu', '1000009', 'c', 10)]) {
      await tell('jiangsu', token);
      await heard('jiangsu');
    }
    const told = await until(() => zone.rows<{ data: string }>('jiangsu', `select convert_from(data, 'UTF8') as data from exchange_inbox where type = 'audit.forked' and peer = 'zone'`), ({ length }) => length > 0);
    expect(told.map(({ data }) => (JSON.parse(data) as { contradicts: string }).contradicts)).toEqual([grown]);
  });

  it('are not kept unless their owner signed them', async () => {
    const before = await kept('zone', 'jiangsu');
    await tell('jiangsu', await head('anhui', '1000020', 'a'));
    await tell('jiangsu', `${(await head('jiangsu', '1000021', 'a')).slice(0, -8)}AAAAAAAA`);
    await heard('jiangsu');
    expect(await kept('zone', 'jiangsu')).toEqual(before);
    expect((await kept('zone', 'anhui')).map(({ seq }) => seq)).not.toContain('1000020');
  });
});

describe('a province', () => {
  it('takes no receipt but the zone\'s for this very batch', async () => {
    const body = '{}';
    const sign = (signer: Signer, of: string, dig = digestOf(body)): Promise<string> => signer.sign({ dig, of }, { type: receiptType, audience: 'anhui', expiresInSeconds: 60 });
    const asked = digestOf(JSON.stringify({ entries: [] }));
    const answers = [undefined, await sign(signers['jiangsu']!, asked), await sign(signers['zone']!, digestOf('another batch')), await sign(signers['zone']!, asked, digestOf('another receipt')), await sign(signers['zone']!, asked)];
    const results: unknown[] = [];
    for (const signature of answers) {
      const server: Server = createServer((_, response) => { response.writeHead(200, signature === undefined ? {} : { 'x-delta-signature': signature }).end(body); });
      await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      results.push(await register(url, { signer: signers['anhui']!, trust }, { entries: [] }).catch((error: unknown) => (error as { code: string }).code));
      await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
    }
    expect(results).toEqual([...Array<string>(4).fill('SIGNATURE_INVALID'), {}]);
  });
});
