import { decompressPoint } from '../lib/p256.js';
import type { Platform, PlatformKey } from './platform.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
type Subtle = typeof globalThis.crypto.subtle;
type WebKey = Parameters<Subtle['verify']>[1];
/** WebCrypto takes no view of memory that may be shared; nothing here is. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

async function pump(stream: CompressionStream | DecompressionStream, bytes: Uint8Array, max: number): Promise<Uint8Array | 'tooLarge' | undefined> {
  const writer = stream.writable.getWriter();
  // Its failure is the reader's too, where it is told.
  Promise.all([writer.write(plain(bytes)), writer.close()]).catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read() as { readonly done: boolean; readonly value?: Uint8Array };
      if (done || !value) break;
      length += value.length;
      if (length > max) {
        reader.cancel().catch(() => undefined);
        return 'tooLarge';
      }
      chunks.push(value);
    }
  } catch {
    return undefined;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** The checksum that ends zlib data (RFC 1950, 8.2). */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** Streams of some platforms pass over what follows the end of the data; then the last four bytes are not its checksum. */
async function inflate(bytes: Uint8Array, max: number): Promise<Uint8Array | 'tooLarge' | undefined> {
  const plainBytes = await pump(new DecompressionStream('deflate'), bytes, max);
  if (!(plainBytes instanceof Uint8Array)) return plainBytes;
  const end = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0);
  return end === adler32(plainBytes) ? plainBytes : undefined;
}

/** WebCrypto and the Compression Streams of browsers; Node has both too, where the tests hold it against nodePlatform. */
export const webPlatform = {
  sha256: async (bytes: Uint8Array): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', plain(bytes))),
  async importKey(point: Uint8Array): Promise<PlatformKey | undefined> {
    const whole = decompressPoint(point);
    return whole && crypto.subtle.importKey('raw', plain(whole), algorithm, true, ['verify']);
  },
  verify: (key: PlatformKey, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> =>
    crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key as WebKey, plain(signature), plain(bytes)),
  inflate,
  async deflate(bytes: Uint8Array): Promise<Uint8Array> {
    const packed = await pump(new CompressionStream('deflate'), bytes, Number.POSITIVE_INFINITY);
    if (!(packed instanceof Uint8Array)) throw new TypeError('compression failed');
    return packed;
  },
} satisfies Platform;
