import { inflateSync } from 'node:zlib';

const sfntHeader = 12;
const sfntEntry = 16;
const woffHeader = 44;
const woffEntry = 20;

/**
 * The font inside a WOFF 1.0 file, as an sfnt. fontkit reads WOFF itself, but unpacks the whole glyph table again for every glyph of
 * a subset (40 s a page), and subsets no WOFF 2.0 (10 MB a page).
 * @throws Error when it is no WOFF 1.0 file
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('That is no WOFF 1.0 font.');
  const count = woff.readUInt16BE(12);
  const header = Buffer.alloc(sfntHeader + sfntEntry * count);
  woff.copy(header, 0, 4, 8);
  const power = 2 ** Math.floor(Math.log2(count));
  for (const [i, value] of [count, power * 16, Math.log2(power), (count - power) * 16].entries()) header.writeUInt16BE(value, 4 + 2 * i);
  const parts: Buffer[] = [header];
  let at = header.length;
  for (let i = 0; i < count; i += 1) {
    const entry = woffHeader + woffEntry * i;
    const [offset, packed, length, checksum] = [4, 8, 12, 16].map((place) => woff.readUInt32BE(entry + place)) as [number, number, number, number];
    const bytes = woff.subarray(offset, offset + packed);
    const table = packed < length ? inflateSync(bytes, { maxOutputLength: length }) : bytes;
    const to = sfntHeader + sfntEntry * i;
    woff.copy(header, to, entry, entry + 4);
    for (const [place, value] of [checksum, at, length].entries()) header.writeUInt32BE(value, to + 4 + 4 * place);
    // Tables begin at multiples of four.
    parts.push(table, Buffer.alloc(-length & 3));
    at += length + (-length & 3);
  }
  return Buffer.concat(parts);
}
