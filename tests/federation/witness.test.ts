import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '@delta/runtime/audit/index';
import { digestOf, receiptType, register, type RegistrationBatch, type RegistrationReceipt } from '@delta/runtime/exchange/registration/index';
import { keyFiles } from '@delta/local/home';
import { loadSigner, loadTrust, type Signer, type Trust } from '@delta/service/keys';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
let trust: Trust;
let signers: Record<string, Signer>;
beforeAll(async () => {
  zone = await startTestZone();
  const keys = keyFiles(zone.home);
  trust = await loadTrust(keys.trust);
  signers = Object.fromEntries(await Promise.all(['jiangsu', 'anhui', 'zone'].map(async (name) => [name, await loadSigner(keys.signing(name))] as const)));
});
afterAll(async () => { await zone?.close(); });

const send = (slug: string, batch: Partial<RegistrationBatch>): Promise<RegistrationReceipt> =>
  register(zone.urls['zone']!, { signer: signers[slug]!, trust }, { entries: [], ...batch });

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

describe('the heads of audit chains', () => {
  it('are kept by the zone and by every other province', async () => {
    expect(await send('anhui', { checkpoint: await head('anhui', '1000000', 'a') })).toMatchObject({ contradicts: null });
    for (const holder of ['zone', 'shanghai', 'jiangsu', 'zhejiang']) {
      expect(await until(() => kept(holder, 'anhui'), ({ length }) => length > 0)).toEqual([{ seq: '1000000', hash: 'a' }]);
    }
    expect(await kept('anhui', 'anhui')).toEqual([]);
  });

  it('are told on from where a province has heard', async () => {
    const heads = ({ checkpoints }: RegistrationReceipt): string[] => checkpoints.heads.map(({ owner }) => owner);
    await zone.rows('zone', `insert into audit_witness (owner, seq, hash, at, token, received_at) values ('zhejiang', 1, 'x', now(), 'x', now() - interval '1 hour')`);
    const first = await send('jiangsu', {});
    expect(heads(first)).toEqual(expect.arrayContaining(['anhui', 'zhejiang']));
    expect(heads(first)).not.toContain('jiangsu');
    const next = await send('jiangsu', { checkpointsAfter: first.checkpoints.until });
    expect(next.checkpoints.heads.filter(({ token }) => token === 'x')).toEqual([]);
  });

  it('of two hashes for one place are both kept, everywhere, and who signed them is told', async () => {
    const [first, second] = [await head('anhui', '1000001', 'a'), await head('anhui', '1000001', 'b')];
    expect((await send('anhui', { checkpoint: first })).contradicts).toBeNull();
    expect((await send('anhui', { checkpoint: second })).contradicts).toBe(first);
    for (const holder of ['zone', 'shanghai']) {
      const forked = await until(() => kept(holder, 'anhui'), ({ length }) => length > 2);
      expect(forked.filter(({ seq }) => seq === '1000001')).toEqual([{ seq: '1000001', hash: 'a' }, { seq: '1000001', hash: 'b' }]);
    }
    const counted = await Promise.all(['zone', 'shanghai', 'anhui'].map(async (owner) => (await fetch(new URL('/metrics', zone.urls[owner]))).text()));
    expect(counted.map((text) => /delta_checkpoint_forks_total\{owner="anhui"\} 1/.test(text))).toEqual([true, true, false]);
  });

  it('of a chain that got shorter are told from those of one that grew', async () => {
    const grown = await head('jiangsu', '1000010', 'a', 0);
    expect((await send('jiangsu', { checkpoint: grown })).contradicts).toBeNull();
    expect((await send('jiangsu', { checkpoint: await head('jiangsu', '1000011', 'b', 5) })).contradicts).toBeNull();
    expect((await send('jiangsu', { checkpoint: await head('jiangsu', '1000009', 'c', 10) })).contradicts).toBe(grown);
  });

  it('are not kept unless their owner signed them', async () => {
    const before = await kept('zone', 'jiangsu');
    await send('jiangsu', { checkpoint: await head('anhui', '1000020', 'a') });
    await send('jiangsu', { checkpoint: `${(await head('jiangsu', '1000021', 'a')).slice(0, -8)}AAAAAAAA` });
    expect(await kept('zone', 'jiangsu')).toEqual(before);
    expect((await kept('zone', 'anhui')).map(({ seq }) => seq)).not.toContain('1000020');
  });
});

describe('a province', () => {
  it('hears of looks from the beginning again when the zone\'s chain is shorter than it believed', async () => {
    expect((await send('anhui', { looksAfter: '999999999' })).notices).toEqual({ looks: [], until: '0', more: true });
  });

  it('lets the directory forget a shredded member, and nobody else\'s', async () => {
    const memberId = zone.anchors('anhui').people[1].id;
    const known = (): Promise<unknown[]> => zone.rows('zone', 'select 1 from directory_entry where member_id = $1', [memberId]);
    await send('jiangsu', { releases: [memberId] });
    expect(await known()).toHaveLength(1);
    expect((await send('anhui', { releases: [memberId] })).released).toEqual([memberId]);
    expect(await known()).toHaveLength(0);
    await send('anhui', { releases: [memberId] });
    expect(await zone.rows('zone', `select member_id from audit_entry where kind = 'SHRED'`)).toEqual([{ member_id: memberId }]);
  });

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
