import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, afterAll, expect, test } from '@jest/globals';
import { provinces } from '@delta/schema/provinces';
import { parse } from 'yaml';
import { writeComposeSecrets } from './writeComposeSecrets.js';
import { repositoryRoot } from './home.js';
import { owners } from './settings.js';

interface Service {
  image: string; command?: string[]; environment?: Record<string, string>; secrets?: string[]; networks?: string[]; ports?: string[];
  volumes?: string[]; read_only?: boolean; cap_drop?: string[]; user?: string; healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>; profiles?: string[]; network_mode?: string;
}
interface Compose { services: Record<string, Service>; networks: Record<string, { internal?: boolean } | null>; volumes: Record<string, null>; secrets: Record<string, { file: string }> }

const docker = join(repositoryRoot, 'docker');
let compose: Compose;
let code: string;
let dockerfile: string;
let secrets: string;

beforeAll(async () => {
  compose = parse(await readFile(join(docker, 'compose.yml'), 'utf8'), { merge: true }) as Compose;
  dockerfile = await readFile(join(docker, 'Dockerfile'), 'utf8');
  const files = (await Promise.all(['subgraphs', 'gateway', 'docker/local'].map(async (folder) =>
    (await readdir(join(repositoryRoot, folder), { recursive: true })).map((name) => join(repositoryRoot, folder, name))))).flat();
  // Of the tools for one machine only what the issuer runs: the supervisor names variables because it sets them.
  const sources = files.filter((file) => /\/src\/.*\.ts$/.test(file) && !/\/node_modules\/|\.test\.ts$/.test(file) && !/docker\/local\/(?!src\/(home|issuerProcess)\.ts)/.test(file));
  code = (await Promise.all(sources.map((file) => readFile(file, 'utf8')))).join('\n');
  secrets = await mkdtemp(join(tmpdir(), 'delta-secrets-'));
  await writeComposeSecrets(secrets);
});
afterAll(() => rm(secrets, { recursive: true }));

const entries = (): [string, Service][] => Object.entries(compose.services);
const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

test('every command is a module of this repository', async () => {
  const commands = entries().flatMap(([, { command }]) => (command ? [command] : []));
  expect(commands).toHaveLength(7);
  for (const [program, module = ''] of commands) {
    expect(program).toBe('node');
    expect(await exists(join(repositoryRoot, module.replace('/dist/', '/src/').replace(/\.js$/, '.ts')))).toBe(true);
  }
});

test('every variable that a service of ours is given is read by its code', () => {
  for (const [, { command, environment }] of entries()) {
    if (!command) continue;
    for (const variable of Object.keys(environment ?? {})) {
      if (!/^DATABASE_(OWNER_)?URL_FILE$/.test(variable)) expect({ variable, read: code.includes(variable) }).toEqual({ variable, read: true });
    }
  }
});

test('every secret that is named is defined, and composeSecrets writes each file', async () => {
  const used = new Set(entries().flatMap(([, service]) => service.secrets ?? []));
  expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  for (const { file } of Object.values(compose.secrets)) expect(await exists(join(secrets, file.replace('./secrets/', '')))).toBe(true);
});

test('every file that a variable points at is a secret of that service, a file of the image or on a volume', async () => {
  for (const [name, service] of entries()) {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? [];
      if (secret !== undefined) expect({ name, variable, secrets: service.secrets }).toMatchObject({ secrets: expect.arrayContaining([secret]) as unknown });
      else if (value.startsWith('/app/')) expect(await exists(join(repositoryRoot, value.slice('/app/'.length)))).toBe(true);
      else if (value.startsWith('/')) {
        const mounts = (service.volumes ?? []).map((volume) => volume.split(':')[1]!);
        expect({ name, variable, mounted: mounts.some((mount) => value.startsWith(mount) || mount.startsWith(value)) }).toEqual({ name, variable, mounted: true });
      }
    }
  }
});

test('a database shares its network and its secrets with its owner alone', () => {
  for (const owner of owners) {
    const network = `${owner}-database`;
    const members = entries().filter(([, { networks }]) => networks?.includes(network)).map(([name]) => name);
    expect(members.sort()).toEqual([owner, `postgres-${owner}`].sort());
    expect(compose.networks[network]).toEqual({ internal: true });
    expect(compose.services[`postgres-${owner}`]?.networks).toEqual([network]);
    const holders = entries().filter(([, service]) => service.secrets?.some((secret) => secret.startsWith(`${owner}_database`))).map(([name]) => name);
    expect(holders.sort()).toEqual([owner, `postgres-${owner}`].sort());
  }
  const volumes = entries().filter(([, { image }]) => image.startsWith('postgres')).map(([, service]) => service.volumes?.[0]?.split(':')[0]);
  expect(new Set(volumes).size).toBe(owners.length);
});

test('the zone holds neither the key of the blind index nor any province\'s key', () => {
  expect(compose.services['zone']?.secrets).toEqual(['zone_database_url', 'zone_database_owner_url', 'zone_signing_key', 'trust', 'peers', 'pass_roots']);
  expect(Object.values(compose.secrets).filter(({ file }) => file.includes('pass-root.'))).toEqual([]);
  for (const { slug } of provinces) expect(compose.services[slug]?.secrets?.filter((secret) => /(?<!index)_keys?$/.test(secret)).sort()).toEqual([`${slug}_master_key`, `${slug}_pass_keys`, `${slug}_signing_key`]);
});

test('only the proxy has ports on the host, and only the gateway is beside it', () => {
  expect(entries().filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['proxy']);
  expect(entries().filter(([, { networks }]) => networks?.includes('edge')).map(([name]) => name)).toEqual(['gateway', 'proxy']);
});

test('the development issuer starts only when asked for, and no other container reaches it', () => {
  expect(compose.services['issuer']).toMatchObject({ profiles: ['development'], network_mode: 'none' });
});

test('every container has a read-only root, no capability that it does not need, and a health check', () => {
  for (const [name, service] of entries()) {
    expect({ name, readOnly: service.read_only, dropped: service.cap_drop, checked: service.healthcheck !== undefined }).toEqual({ name, readOnly: true, dropped: ['ALL'], checked: true });
  }
  expect(dockerfile).toMatch(/^USER node$/m);
});

test('what is waited for exists and is waited for until it is healthy; networks and volumes are declared', async () => {
  for (const [, service] of entries()) {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name);
      expect(condition).toBe('service_healthy');
    }
    for (const network of service.networks ?? []) expect(Object.keys(compose.networks)).toContain(network);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0]!;
      if (!source.startsWith('./')) expect(Object.keys(compose.volumes)).toContain(source);
      else if (!source.startsWith('./secrets')) expect(await exists(join(docker, source))).toBe(true);
    }
  }
});

test('the gateway is given the address of every subgraph, at the port it listens on', () => {
  const urls = compose.services['gateway']?.environment?.['DELTA_SUBGRAPH_URLS']?.split(',');
  expect(urls).toEqual(owners.map((owner) => `${owner}=http://${owner}:${compose.services[owner]?.environment?.['PORT']}/graphql`));
});

test('the Dockerfile copies the manifest of every workspace before it installs', async () => {
  const { workspaces } = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8')) as { workspaces: string[] };
  const folders = (await Promise.all(workspaces.map(async (pattern) => pattern.endsWith('/*')
    ? (await readdir(join(repositoryRoot, pattern.slice(0, -2)))).map((name) => `${pattern.slice(0, -1)}${name}`)
    : [pattern]))).flat();
  for (const folder of folders) expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`);
  expect(await exists(join(docker, 'entrypoint.sh'))).toBe(true);
});

test('the entry point turns the files with connection strings into the variables that services read', async () => {
  const [file, ownerFile] = [join(secrets, 'url'), join(secrets, 'owner.url')];
  await writeFile(file, 'postgres://anhui_service:secret@postgres-anhui:5432/anhui\n');
  await writeFile(ownerFile, 'postgres://delta:other@postgres-anhui:5432/anhui\n');
  const entered = async (env: NodeJS.ProcessEnv): Promise<string> => (await promisify(execFile)('sh', [
    join(docker, 'entrypoint.sh'), 'sh', '-c', 'echo "${DATABASE_URL:-none}|${DATABASE_OWNER_URL:-none}|${DATABASE_URL_FILE:-gone}|${DATABASE_OWNER_URL_FILE:-gone}"',
  ], { env: { PATH: process.env['PATH'], ...env } })).stdout.trim();
  expect(await entered({ DATABASE_URL_FILE: file })).toBe('postgres://anhui_service:secret@postgres-anhui:5432/anhui|none|gone|gone');
  expect(await entered({ DATABASE_URL_FILE: file, DATABASE_OWNER_URL_FILE: ownerFile }))
    .toBe('postgres://anhui_service:secret@postgres-anhui:5432/anhui|postgres://delta:other@postgres-anhui:5432/anhui|gone|gone');
});

test('a service connects by a role of its own, which its database is told to make', async () => {
  const secretOf = (owner: string, variable: string): Promise<string> =>
    readFile(join(secrets, compose.secrets[compose.services[owner]!.environment![variable]!.split('/').at(-1)!]!.file.replace('./secrets/', '')), 'utf8');
  for (const owner of owners) {
    const [service, own] = [new URL(await secretOf(owner, 'DATABASE_URL_FILE')), new URL(await secretOf(owner, 'DATABASE_OWNER_URL_FILE'))];
    const postgres = compose.services[`postgres-${owner}`]!;
    expect([service.username, own.username]).toEqual([`${postgres.environment!['POSTGRES_DB']}_service`, postgres.environment!['POSTGRES_USER']]);
    expect(service.password).toBe(await secretOf(`postgres-${owner}`, 'SERVICE_PASSWORD_FILE'));
    expect(own.password).toBe(await secretOf(`postgres-${owner}`, 'POSTGRES_PASSWORD_FILE'));
    expect(service.password).not.toBe(own.password);
    expect(postgres.volumes).toContain('./postgres/service-role.sh:/docker-entrypoint-initdb.d/service-role.sh:ro');
  }
});

test('writing the secrets again keeps them, and the folder is closed to others', async () => {
  const before = await readFile(join(secrets, 'keys/anhui-master.key'), 'utf8');
  await writeComposeSecrets(secrets);
  expect(await readFile(join(secrets, 'keys/anhui-master.key'), 'utf8')).toBe(before);
  expect((await stat(secrets)).mode & 0o777).toBe(0o700);
});
