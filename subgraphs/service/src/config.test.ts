import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ConfigError, file, flag, integer, oneOf, pairs, readConfig, text, url, urls } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

const spec = {
  port: integer('PORT', { default: 4000, max: 65_535 }),
  zone: url('DELTA_ZONE_URL'),
  database: url('DATABASE_URL', { protocols: ['postgres:'], optional: true }),
  mode: oneOf('DELTA_MODE', ['demo', 'production'], { default: 'demo' }),
  keys: file('DELTA_TRUST_FILE'),
  graphiql: flag('DELTA_GRAPHIQL', { default: true }),
  urls: pairs('DELTA_SUBGRAPH_URLS', { default: new Map<string, string>() }),
};

test('reads every kind of variable and fills in defaults', () => {
  const keys = join(folder, 'trust.json');
  writeFileSync(keys, '{}');
  const config = readConfig(spec, {
    DELTA_ZONE_URL: 'http://127.0.0.1:4010', DELTA_TRUST_FILE: keys, DELTA_GRAPHIQL: 'off', PORT: ' 4031 ',
    DELTA_SUBGRAPH_URLS: 'zone=http://a:1/graphql,anhui=http://b:2/graphql?x=1', DATABASE_URL: '',
  });
  expect(config).toEqual({
    port: 4031, zone: 'http://127.0.0.1:4010', database: undefined, mode: 'demo', keys, graphiql: false,
    urls: new Map([['zone', 'http://a:1/graphql'], ['anhui', 'http://b:2/graphql?x=1']]),
  });
});

test('reports all problems at once, each with the name of its variable', () => {
  const read = (): unknown => readConfig(spec, { PORT: '70000', DATABASE_URL: 'mysql://root:secret@h/db', DELTA_MODE: 'prod', DELTA_TRUST_FILE: join(folder, 'none'), DELTA_GRAPHIQL: 'maybe', DELTA_SUBGRAPH_URLS: 'zone' });
  expect(read).toThrow(ConfigError);
  try {
    read();
  } catch (error) {
    const { problems, code, message } = error as ConfigError;
    expect(code).toBe('CONFIGURATION_INVALID');
    expect(problems).toHaveLength(7);
    for (const name of ['PORT', 'DELTA_ZONE_URL', 'DATABASE_URL', 'DELTA_MODE', 'DELTA_TRUST_FILE', 'DELTA_GRAPHIQL', 'DELTA_SUBGRAPH_URLS']) expect(message).toContain(name);
  }
});

test('never repeats the value of a text or a URL, which may be a secret', () => {
  const read = (): unknown => readConfig({ a: text('TOKEN', { pattern: /^[a-z]+$/, form: 'letters' }), b: url('DATABASE_URL') }, { TOKEN: 'S3CRET', DATABASE_URL: 'S3CRET' });
  expect(read).toThrow(/TOKEN must be letters; DATABASE_URL must be a URL/);
  expect(read).not.toThrow(/S3CRET/);
});

test('reads several URLs of one thing, and takes no name or password in them', () => {
  const read = (value: string): unknown => readConfig({ brokers: urls('DELTA_NATS_URL', { protocols: ['nats:', 'tls:'], optional: true }) }, { DELTA_NATS_URL: value });
  expect(read('nats://a:4222, tls://b:4222')).toEqual({ brokers: ['nats://a:4222', 'tls://b:4222'] });
  expect(read('')).toEqual({ brokers: undefined });
  expect(() => read('nats://a:4222,http://b:4222')).toThrow('DELTA_NATS_URL must be URLs that begin with nats:// or tls://, separated by commas');
  expect(() => read('nats://delta:S3CRET@a:4222')).toThrow('DELTA_NATS_URL must hold no name and no password');
  expect(() => read('nats://delta:S3CRET@a:4222')).not.toThrow(/S3CRET/);
});
