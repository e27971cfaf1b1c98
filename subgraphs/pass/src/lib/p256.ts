/** Numbers of P-256 (SEC 2, secp256r1), big-endian like everything in a signature. */
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

export const toNumber = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

export function toBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 31; i >= 0; i -= 1) {
    bytes[i] = Number(value & 255n);
    value >>= 8n;
  }
  return bytes;
}

/** The uncompressed point of 65 bytes, or undefined when there is none: browsers import no compressed ones. Public values only. */
export function decompressPoint(point: Uint8Array): Uint8Array | undefined {
  if (point.length !== 33 || (point[0] !== 2 && point[0] !== 3)) return undefined;
  const x = toNumber(point.subarray(1));
  if (x >= prime) return undefined;
  const square = (x * x * x - 3n * x + b) % prime;
  const goal = square < 0n ? square + prime : square;
  let [root, base, exponent] = [1n, goal, (prime + 1n) / 4n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) root = root * base % prime;
    base = base * base % prime;
  }
  if (root * root % prime !== goal) return undefined;
  const y = (root & 1n) === BigInt(point[0] & 1) ? root : prime - root;
  const whole = new Uint8Array(65);
  whole[0] = 4;
  whole.set(point.subarray(1), 1);
  whole.set(toBytes(y), 33);
  return whole;
}

/** From 65 bytes to 33. */
export function compressPoint(whole: Uint8Array): Uint8Array {
  const point = whole.slice(0, 33);
  point[0] = 2 | (whole[64]! & 1);
  return point;
}
