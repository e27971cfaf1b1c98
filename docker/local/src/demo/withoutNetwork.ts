import { Socket } from 'node:net';
import { Deviation } from './story.js';

/** Runs what must need no network while none can be had: whoever opens a connection meanwhile fails. */
export async function withoutNetwork<T>(work: () => Promise<T>): Promise<T> {
  const [{ connect }, { fetch }] = [Socket.prototype, globalThis];
  const refused = (): never => { throw new Deviation('断网核验时访问了网络 (the network was used)'); };
  Socket.prototype.connect = refused;
  globalThis.fetch = refused;
  try {
    return await work();
  } finally {
    Socket.prototype.connect = connect;
    globalThis.fetch = fetch;
  }
}
