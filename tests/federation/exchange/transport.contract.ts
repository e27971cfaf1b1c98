import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '@delta/runtime/exchange/index';
import { PlatformError } from '@delta/schema/errors';
import type { End, Wire } from '../../support/wires.js';

const echo: Answer = async (message) => Buffer.concat([Buffer.from('re: '), message]);
const took = async (work: Promise<unknown>): Promise<number> => { const started = performance.now(); await work; return performance.now() - started; };

/** What the exchange relies on of a transport, whichever it is. */
export function transportContract(name: string, open: () => Promise<{ readonly wire: Wire; close(): Promise<void> }>): void {
  describe(`messages over ${name}`, () => {
    let [wire, close]: [Wire, () => Promise<void>] = [undefined!, async () => undefined];
    let ends: End[] = [];
    beforeEach(async () => { ({ wire, close } = await open()); });
    afterEach(async () => { await Promise.all(ends.map((end) => end.stop())); ends = []; await close(); });
    const join = async (owner: string, answer: Answer = echo, timeoutMs = 5_000): Promise<End> => {
      const end = await wire.join(owner, answer, timeoutMs);
      ends.push(end);
      return end;
    };

    test('are answered by whom they are for, in both directions at once', async () => {
      const shanghai = await join('shanghai', async (message) => Buffer.from(`shanghai heard ${message.toString()}`));
      const jiangsu = await join('jiangsu', async (message) => Buffer.from(`jiangsu heard ${message.toString()}`));
      await join('zhejiang', async () => { throw new Error('this was not for zhejiang'); });
      const [there, back] = await Promise.all([shanghai.transport.ask('jiangsu', Buffer.from('one')), jiangsu.transport.ask('shanghai', Buffer.from('two'))]);
      expect([there.toString(), back.toString()]).toEqual(['jiangsu heard one', 'shanghai heard two']);
    });

    test('come through byte by byte, whatever the bytes are', async () => {
      const bytes = Buffer.from(Array.from({ length: 1_024 }, (_, i) => i % 256));
      const shanghai = await join('shanghai');
      await join('jiangsu', async (message) => message);
      expect((await shanghai.transport.ask('jiangsu', bytes)).equals(bytes)).toBe(true);
    });

    test('are answered each by its own reply, when many are under way and the replies come in another order', async () => {
      const shanghai = await join('shanghai');
      await join('jiangsu', async (message) => {
        await new Promise((resolve) => { setTimeout(resolve, Math.random() * 20); });
        return echo(message);
      });
      const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => shanghai.transport.ask('jiangsu', Buffer.from(`message ${i}`))));
      expect(replies.map(String)).toEqual(Array.from({ length: 100 }, (_, i) => `re: message ${i}`));
    });

    test('of the largest size that it says it carries go and come back whole, and one larger is refused by its code', async () => {
      const shanghai = await join('shanghai');
      await join('jiangsu', async (message) => message);
      await shanghai.transport.ask('jiangsu', Buffer.from('so that the transport knows'));
      const largest = shanghai.transport.maxBytes ?? 2 * 1024 * 1024;
      const bytes = Buffer.alloc(largest, 'z');
      expect((await shanghai.transport.ask('jiangsu', bytes)).equals(bytes)).toBe(true);
      await expect(shanghai.transport.ask('jiangsu', Buffer.alloc(16 * 1024 * 1024))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    });

    test('for one who is away fail within the time that was set, and are answered when it is back', async () => {
      const shanghai = await join('shanghai', echo, 1_500);
      const jiangsu = await join('jiangsu');
      await shanghai.transport.ask('jiangsu', Buffer.from('first'));
      await jiangsu.stop();
      const failed = expect(shanghai.transport.ask('jiangsu', Buffer.from('second'))).rejects.toMatchObject({ code: 'PEER_UNAVAILABLE' });
      expect(await took(failed)).toBeLessThan(2_500);
      await join('jiangsu');
      expect(String(await shanghai.transport.ask('jiangsu', Buffer.from('third')))).toBe('re: third');
    });

    test('for one whom nobody names are refused before they leave', async () => {
      const shanghai = await join('shanghai');
      await expect(shanghai.transport.ask('nowhere', Buffer.from('hello'))).rejects.toMatchObject({ code: 'PEER_UNKNOWN' });
    });

    test('that are sent twice are answered twice', async () => {
      let heard = 0;
      const shanghai = await join('shanghai');
      await join('jiangsu', async (message) => { heard += 1; return echo(message); });
      const message = Buffer.from('the same');
      expect((await Promise.all([shanghai.transport.ask('jiangsu', message), shanghai.transport.ask('jiangsu', message)])).map(String)).toEqual(['re: the same', 're: the same']);
      expect(heard).toBe(2);
    });

    test.each([
      ['refused whole', 'its code', 'SIGNATURE_INVALID', 'SIGNATURE_INVALID'],
      ['that cannot be looked at now', 'being unavailable', 'PROVINCE_UNAVAILABLE', 'PEER_UNAVAILABLE'],
      ['at which the receiver fails', 'being unavailable', undefined, 'PEER_UNAVAILABLE'],
    ] as const)('%s reach whoever asked as %s, at once', async (_what, _as, thrown, code) => {
      const shanghai = await join('shanghai', echo, 10_000);
      await join('jiangsu', async () => { throw thrown === undefined ? new Error('a bug') : new PlatformError(thrown); });
      expect(await took(expect(shanghai.transport.ask('jiangsu', Buffer.from('hello'))).rejects.toMatchObject({ code }))).toBeLessThan(5_000);
    });

    test('that are not answered yet when the end comes fail at once, and hold up nobody', async () => {
      let [release, arrived] = [(): void => undefined, (): void => undefined];
      const [held, under] = [new Promise<void>((resolve) => { release = resolve; }), new Promise<void>((resolve) => { arrived = resolve; })];
      const shanghai = await join('shanghai', echo, 20_000);
      await join('jiangsu', async (message) => { arrived(); await held; return echo(message); });
      const asks = [1, 2, 3].map((n) => expect(shanghai.transport.ask('jiangsu', Buffer.from(`message ${n}`))).rejects.toMatchObject({ code: 'PEER_UNAVAILABLE' }));
      await under;
      expect(await took(Promise.all([shanghai.stop(), ...asks]))).toBeLessThan(2_000);
      await expect(shanghai.transport.ask('jiangsu', Buffer.from('after the end'))).rejects.toMatchObject({ code: 'PEER_UNAVAILABLE' });
      release();
    });
  });
}
