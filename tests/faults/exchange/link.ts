import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a link does with what it carries. */
export type LinkState =
  | { readonly does: 'PASS' }
  /** Nobody gets through, and who is through is cut off. */
  | { readonly does: 'CUT' }
  /** Everything waits, and nobody is told. */
  | { readonly does: 'HANG' }
  | { readonly does: 'SLOW'; readonly bytesPerSecond: number; readonly latencyMs: number }
  /** Each connection is cut off once this much of a message has passed. */
  | { readonly does: 'CUT_MIDWAY'; readonly afterBytes: number }
  /** Messages arrive, and their answers are lost. */
  | { readonly does: 'LOSE_ANSWERS' }
  /** What was said on it lately is said once more at its beginning, and what is said meanwhile at its end. */
  | { readonly does: 'ECHO' };

/** A way from one owner to another: a TCP proxy. */
export interface Link {
  readonly url: string;
  set(state: LinkState): void;
  close(): Promise<void>;
}

/** What is replayed must begin where a message begins: each connection is recorded from its first byte, or no more. */
interface Passage { readonly near: Socket; readonly far: Socket; passed: number; recorded: Buffer[] | null; bytes: number }

const mostRecorded = 1024 * 1024;
const pass: LinkState = { does: 'PASS' };

/** @param target port at which the receiver answers at this moment; undefined while it does not run */
export async function openLink(target: () => number | undefined): Promise<Link> {
  let state: LinkState = pass;
  const passages = new Set<Passage>();
  const held: (() => void)[] = [];
  const end = ({ near, far }: Passage): void => { near.destroy(); far.destroy(); };

  const server: Server = createServer((near) => {
    const port = target();
    near.on('error', () => undefined);
    if (port === undefined || state.does === 'CUT') { near.destroy(); return; }
    const far = connect(port, '127.0.0.1');
    far.on('error', () => undefined);
    const passage: Passage = { near, far, passed: 0, recorded: [], bytes: 0 };
    passages.add(passage);
    for (const socket of [near, far]) {
      socket.on('close', () => { passages.delete(passage); end(passage); });
    }
    near.on('data', (chunk: Buffer) => { record(passage, chunk); carry(passage, near, far, chunk, true); });
    far.on('data', (chunk: Buffer) => { carry(passage, far, near, chunk, false); });
  });

  const record = (passage: Passage, chunk: Buffer): void => {
    passage.bytes += chunk.length;
    if (passage.bytes > mostRecorded) passage.recorded = null;
    passage.recorded?.push(chunk);
  };

  const carry = (passage: Passage, from: Socket, to: Socket, chunk: Buffer, isMessage: boolean): void => {
    const go = (): void => { if (!to.destroyed) to.write(chunk); };
    switch (state.does) {
      case 'CUT':
        end(passage);
        return;
      case 'HANG':
        from.pause();
        held.push(() => { go(); from.resume(); });
        return;
      case 'SLOW':
        from.pause();
        setTimeout(() => { go(); from.resume(); }, state.latencyMs + (chunk.length * 1_000) / state.bytesPerSecond);
        return;
      case 'CUT_MIDWAY':
        if (isMessage) passage.passed += chunk.length;
        if (passage.passed <= state.afterBytes) { go(); return; }
        to.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => { end(passage); });
        return;
      case 'LOSE_ANSWERS':
        if (isMessage) go(); else end(passage);
        return;
      case 'ECHO': case 'PASS':
        go();
    }
  };

  /** The same bytes once more, whose answer nobody waits for. */
  const replay = async (recorded: readonly Buffer[]): Promise<void> => {
    const port = target();
    const bytes = Buffer.concat(recorded);
    if (port === undefined || bytes.length === 0) return;
    const again = connect(port, '127.0.0.1');
    again.on('error', () => undefined).resume();
    again.write(bytes);
    await sleep(2_000, undefined, { ref: false });
    again.destroy();
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      const before = [...passages];
      if (state.does === 'ECHO' || next.does === 'ECHO') for (const { recorded } of before) if (recorded) void replay(recorded);
      state = next;
      for (const go of held.splice(0)) go();
      // An echo begins with connections of its own, whose record is not full.
      if (next.does === 'CUT' || next.does === 'ECHO') before.forEach(end);
    },
    close: async () => {
      [...passages].forEach(end);
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
