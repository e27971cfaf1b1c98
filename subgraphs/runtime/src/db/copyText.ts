const special = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escapeText = (text: string): string => text.replace(special, (character) => escapes[character] ?? character);

const plain = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value instanceof Date) return value.toISOString();
      if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
      if (value !== null) return JSON.stringify(value);
      break;
    default:
  }
  throw new TypeError(`a column cannot be loaded from a value of type ${typeof value}`);
};

const arrayElement = (value: unknown): string => {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return arrayLiteral(value);
  return `"${plain(value).replace(/["\\]/g, '\\$&')}"`;
};

const arrayLiteral = (values: readonly unknown[]): string => `{${values.map(arrayElement).join(',')}}`;

/**
 * One row in the text format of COPY. Arrays become PostgreSQL arrays, objects JSON (pass an array meant as JSON as a string),
 * Dates ISO 8601, bytes hexadecimal. `undefined` is refused rather than taken for NULL: it is a misspelt property more often.
 */
export const copyLine = (row: readonly unknown[]): string =>
  `${row.map((value) => (value === null ? '\\N' : escapeText(Array.isArray(value) ? arrayLiteral(value) : plain(value)))).join('\t')}\n`;
