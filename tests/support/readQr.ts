import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';

/** RGBA, four bytes a pixel, row by row. */
export interface Frame { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }

/** zxing-wasm would fetch its program from a CDN: it is given the file that the package brings. */
const ready = (async () => {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer }, fireImmediately: true });
})();
ready.catch(() => {});

/** What a station's reader sees in a frame: the text of the one QR code, or undefined where it reads none. */
export async function readQr(frame: Frame, options: ReaderOptions = {}): Promise<string | undefined> {
  await ready;
  const found = await readBarcodes(frame as Parameters<typeof readBarcodes>[0], { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1, ...options });
  return found.find(({ isValid }) => isValid)?.text;
}
