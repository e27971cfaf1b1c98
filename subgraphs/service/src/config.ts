import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlatformError } from '@delta/schema/errors';

/** Reads one variable. `read` gets its trimmed text, undefined when it is unset or empty, and throws a sentence about what is wrong. */
export interface Variable<T> {
  readonly name: string;
  readonly read: (text: string | undefined) => T;
}

export type ConfigSpec = Readonly<Record<string, Variable<unknown>>>;
export type ConfigOf<S extends ConfigSpec> = { readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never };

/** The environment does not make a usable configuration. `problems` holds one sentence a variable. */
export class ConfigError extends PlatformError {
  constructor(readonly problems: readonly string[]) {
    super('CONFIGURATION_INVALID', { message: `The configuration is not usable: ${problems.join('; ')}.` });
  }
}

/**
 * Reads a service's whole configuration in one place. All problems are reported at once, each with the variable's name.
 * @throws ConfigError
 */
export function readConfig<S extends ConfigSpec>(spec: S, env: NodeJS.ProcessEnv = process.env): ConfigOf<S> {
  const problems: string[] = [];
  const entries = Object.entries(spec).map(([key, { name, read }]): [string, unknown] => {
    const text = env[name]?.trim();
    try {
      return [key, read(text === '' ? undefined : text)];
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : 'cannot be read'}`);
      return [key, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(entries) as ConfigOf<S>;
}

/** What stands for an unset variable: a value of its own, nothing, or (neither given) a complaint. */
type Fallback<T> = { readonly default: T } | { readonly optional: true };

const unset = <T>(fallback: Fallback<T> | undefined): T | undefined => {
  if (!fallback) throw new Error('is not set');
  return 'default' in fallback ? fallback.default : undefined;
};

/** A kind of variable in three forms: required, with a default, optional. */
interface Kind<T, O extends object> {
  (name: string, options: O & { readonly default: T }): Variable<T>;
  (name: string, options: O & { readonly optional: true }): Variable<T | undefined>;
  (name: string, options?: O): Variable<T>;
}

const kind = <T, O extends object>(parse: (text: string, options: O) => T): Kind<T, O> =>
  ((name: string, options: O & Partial<{ default: T; optional: true }> = {} as O): Variable<T | undefined> => ({
    name,
    read: (text) => (text === undefined ? unset<T>('default' in options || options.optional ? (options as Fallback<T>) : undefined) : parse(text, options)),
  })) as Kind<T, O>;

/** Any text. Its value never stands in a complaint: it may be a secret. */
export const text = kind<string, { readonly pattern?: RegExp; readonly form?: string }>((value, { pattern, form }) => {
  if (pattern && !pattern.test(value)) throw new Error(`must be ${form ?? `of the form ${pattern.source}`}`);
  return value;
});

/** A whole number within bounds, both inclusive. */
export const integer = kind<number, { readonly min?: number; readonly max?: number }>((value, { min = 0, max = Number.MAX_SAFE_INTEGER }) => {
  const number = /^-?[0-9]{1,16}$/.test(value) ? Number(value) : NaN;
  if (!(number >= min && number <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
  return number;
});

/** An absolute URL of one of the protocols (`http:` and `https:` unless told). Its value, which may hold a password, is not repeated. */
export const url = kind<string, { readonly protocols?: readonly string[] }>((value, { protocols = ['http:', 'https:'] }) => {
  const parsed = URL.canParse(value) ? new URL(value) : null;
  if (!parsed || !protocols.includes(parsed.protocol)) throw new Error(`must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  return value;
});

/** URLs of one thing that answers at several places, separated by commas. Names and passwords have no place in them. */
export const urls = kind<readonly string[], { readonly protocols?: readonly string[] }>((value, { protocols = ['http:', 'https:'] }) => value.split(',').map((each) => {
  const parsed = URL.canParse(each.trim()) ? new URL(each.trim()) : null;
  if (!parsed || !protocols.includes(parsed.protocol)) throw new Error(`must be URLs that begin with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, separated by commas`);
  if (parsed.username !== '' || parsed.password !== '') throw new Error('must hold no name and no password');
  return each.trim();
}));

/** A file, as an absolute path. It must exist and be readable unless `mayBeMissing`. */
export const file = kind<string, { readonly mayBeMissing?: boolean }>((value, { mayBeMissing = false }) => {
  const path = resolve(value);
  if (mayBeMissing) return path;
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new Error(`names a file that cannot be read: ${path}`);
  }
  if (!statSync(path).isFile()) throw new Error(`names something that is no file: ${path}`);
  return path;
});

/** `true`, `1`, `yes`, `on` or their opposites. */
export const flag = kind<boolean, object>((value) => {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw new Error('must be true or false');
});

/** One of a few words. */
export function oneOf<const W extends string>(name: string, words: readonly W[], fallback?: Fallback<W>): Variable<W> {
  return {
    name,
    read: (value) => {
      if (value === undefined) return unset(fallback) as W;
      const word = words.find((candidate) => candidate === value);
      if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`);
      return word;
    },
  };
}

/** Pairs `name=value,name=value`. */
export const pairs = kind<ReadonlyMap<string, string>, object>((value) => new Map(value.split(',').filter((pair) => pair.trim() !== '').map((pair) => {
  const at = pair.indexOf('=');
  if (at < 1) throw new Error('must be pairs of the form name=value, separated by commas');
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
})));
