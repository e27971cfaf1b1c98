/**
 * An array as a statement's parameter, in PostgreSQL's binary form (`array_send`: dimensions, whether there are nulls, element type,
 * then each element behind its length). pg writes arrays as text, which either side escapes and reads character by character, bytes
 * as hexadecimal in it: for thousands of envelopes that costs more than storing them. A Buffer goes to the server as it is.
 */
const elements = {
  text: { oid: 25, size: (value: string) => Buffer.byteLength(value), write: (into: Buffer, at: number, value: string) => { into.write(value, at); } },
  bytea: { oid: 17, size: (value: Buffer) => value.length, write: (into: Buffer, at: number, value: Buffer) => { value.copy(into, at); } },
  uuid: { oid: 2950, size: () => 16, write: writeUuid },
  bool: { oid: 16, size: () => 1, write: (into: Buffer, at: number, value: boolean) => { into[at] = value ? 1 : 0; } },
  int4: { oid: 23, size: () => 4, write: (into: Buffer, at: number, value: number) => { into.writeInt32BE(value, at); } },
  /** A number, or what does not fit one as decimal text. */
  int8: { oid: 20, size: () => 8, write: (into: Buffer, at: number, value: number | string) => { into.writeBigInt64BE(BigInt(value), at); } },
  timestamptz: { oid: 1184, size: () => 8, write: (into: Buffer, at: number, value: Date) => { into.writeBigInt64BE(BigInt(value.getTime() - epoch) * 1000n, at); } },
};
function writeUuid(into: Buffer, at: number, value: string): void {
  // Fewer would leave whatever the memory held before.
  if (value.length !== 36 || into.write(value.replaceAll('-', ''), at, 'hex') !== 16) throw new RangeError('not a UUID');
}
/** PostgreSQL counts from 2000, in microseconds. */
const epoch = Date.UTC(2000, 0, 1);

export type ElementType = keyof typeof elements;
export type Element<Type extends ElementType> = Parameters<(typeof elements)[Type]['write']>[2];

/** @throws RangeError, TypeError for what is not of the type; `null` is an element of each */
export function binaryArray<Type extends ElementType>(type: Type, values: readonly (Element<Type> | null)[]): Buffer {
  const { oid, size, write } = elements[type] as { readonly oid: number; size(value: unknown): number; write(into: Buffer, at: number, value: unknown): void };
  const sizes = values.map((value) => (value === null ? -1 : size(value)));
  const empty = values.length === 0;
  const bytes = Buffer.allocUnsafe((empty ? 12 : 20) + sizes.reduce((sum, one) => sum + 4 + Math.max(one, 0), 0));
  bytes.writeInt32BE(empty ? 0 : 1, 0);
  bytes.writeInt32BE(sizes.includes(-1) ? 1 : 0, 4);
  bytes.writeInt32BE(oid, 8);
  if (empty) return bytes;
  bytes.writeInt32BE(values.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = 20;
  values.forEach((value, i) => {
    at = bytes.writeInt32BE(sizes[i]!, at);
    if (value === null) return;
    write(bytes, at, value);
    at += sizes[i]!;
  });
  return bytes;
}
