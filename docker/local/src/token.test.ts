import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadBearerVerifier } from '@delta/service/bearer';
import { anchorsOfProvince } from './anchors.js';
import { keyFiles } from './home.js';
import { startIssuer, type RunningIssuer } from './issuer.js';
import { provision } from './provision.js';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
let home: string;
let issuer: RunningIssuer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-token-'));
  await provision(home);
  issuer = await startIssuer({ home, port: 0, mode: 'demo' });
  await provision(home, { issuerBase: issuer.url });
});
afterAll(async () => {
  await issuer.close();
  await rm(home, { recursive: true });
});

const command = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> => new Promise((resolve) => {
  execFile(process.execPath, ['--conditions=source', '--import', file('./fixtures/typescript.mjs'), file('./token.ts'), ...args], { env: { PATH: process.env['PATH'], DELTA_HOME: home, ...env } }, (error, stdout, stderr) => {
    resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
  });
});

test('knows the topmost organisation of a province by `root`', async () => {
  const { stdout } = await command(['--role', 'organization_administrator', '--province', '31', '--organization', 'root']);
  const viewer = await (await loadBearerVerifier(keyFiles(home).issuers)).verify(stdout.trim());
  expect(viewer).toMatchObject({ role: 'organization_administrator', organization: anchorsOfProvince('31').rootOrganizationId });
});

test('prints exactly one token, which the gateway\'s verifier takes', async () => {
  const { code, stdout, stderr } = await command(['--role', 'station_clerk', '--province', '31']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const viewer = await (await loadBearerVerifier(keyFiles(home).issuers)).verify(stdout.trim());
  expect(viewer).toEqual({
    issuer: `${issuer.url}/shanghai`, role: 'station_clerk', province: '31', organization: anchorsOfProvince('31').clerkOrganizationId, member: null,
    subject: `demo:station_clerk:${anchorsOfProvince('31').clerkOrganizationId}`,
  });
});

test('a member is the province\'s first example person unless another is named', async () => {
  const { stdout } = await command(['--role', 'member', '--province', '34']);
  expect(await (await loadBearerVerifier(keyFiles(home).issuers)).verify(stdout.trim())).toMatchObject({ role: 'member', province: '34', member: anchorsOfProvince('34').people[0].id });
});

test('every role has an issuer that gives it within its bounds', async () => {
  for (const args of [['branch_secretary', '32'], ['organization_administrator', '33'], ['grid_worker', '34'], ['province_auditor', '31'], ['verifying_system', '31'], ['zone_operator'], ['dashboard']]) {
    const [role = '', province] = args;
    const { stdout, stderr } = await command(['--role', role, ...(province === undefined ? [] : ['--province', province])]);
    expect(stderr).toBe('');
    expect(await (await loadBearerVerifier(keyFiles(home).issuers)).verify(stdout.trim())).toMatchObject({ role, province: province ?? null });
  }
});

test.each([
  [['--role', 'emperor'], /no role `emperor`.*station_clerk/],
  [[], /Which role\?.*--role station_clerk/],
  [['--role', 'station_clerk'], /held in a province.*31 \(上海市\)/],
  [['--role', 'station_clerk', '--province', '44'], /No province of the zone has the code `44`/],
  [['--role', 'zone_operator', '--province', '31'], /No province may give.*Leave --province out/],
  [['--role', 'station_clerk', '--province', '31', '--organization', '34-01890000-0000-7000-8000-000000000001'], /no organisation of province 31/],
  [['--role', 'station_clerk', '--province', '31', '--member', '01890000-0000-7000-8000-000000000001'], /role member only/],
  [['--role', 'member', '--province', '31', '--member', '31-1'], /no member id/],
  [['--role', 'station_clerk', '--province', '31', '--expires-in', 'soon'], /--expires-in/],
  [['--rolle', 'station_clerk'], /rolle/],
])('%j is refused in one line with exit code 2', async (args, reason) => {
  const { code, stdout, stderr } = await command(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('says to start the zone when the issuer does not run, and when nothing was ever started', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'delta-token-'));
  try {
    expect(await command(['--role', 'dashboard'], { DELTA_HOME: empty })).toMatchObject({ code: 2, stderr: expect.stringMatching(/Start the zone first: npm start/) as unknown });
    await provision(empty, { issuerBase: 'http://127.0.0.1:9' });
    expect(await command(['--role', 'dashboard'], { DELTA_HOME: empty })).toMatchObject({ code: 2, stderr: expect.stringMatching(/does not answer.*Start the zone first: npm start/) as unknown });
  } finally {
    await rm(empty, { recursive: true });
  }
});

test('says so when the issuer that answers belongs to another home', async () => {
  const other = await mkdtemp(join(tmpdir(), 'delta-token-'));
  try {
    await provision(other, { issuerBase: issuer.url });
    expect(await command(['--role', 'dashboard'], { DELTA_HOME: other })).toMatchObject({ code: 2, stderr: expect.stringMatching(/another home/) as unknown });
  } finally {
    await rm(other, { recursive: true });
  }
});
