import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** Each line is judged as if it stood in the named file. Rules that read types are left out: no boundary needs them. */
const eslint = new ESLint({ cwd: fileURLToPath(new URL('../..', import.meta.url)), overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] });
const runtime = 'subgraphs/runtime/src';

async function faults(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: file });
  return result!.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const paths = /import-x\/no-restricted-paths/;
const names = /no-restricted-imports/;

const refused: [string, string, string, RegExp][] = [
  ['a province imports another', 'subgraphs/anhui/src/province.ts', `export { province } from '@delta/jiangsu';`, paths],
  ['a province imports another by path', 'subgraphs/anhui/src/province.ts', `export { province } from '../../jiangsu/src/province.js';`, paths],
  ['a province imports the zone', 'subgraphs/shanghai/src/province.ts', `export { createZone } from '@delta/zone/createZone';`, paths],
  ['a province imports the service package', 'subgraphs/shanghai/src/province.ts', `export { createLog } from '@delta/service/log';`, paths],
  ['the zone imports a province', 'subgraphs/zone/src/edges.ts', `export { province } from '@delta/anhui';`, paths],
  ['the zone imports a concept of the runtime', 'subgraphs/zone/src/edges.ts', `export { memberColumns } from '@delta/runtime/member/index';`, paths],
  ['the zone imports the runtime\'s keys of secrets', 'subgraphs/zone/src/edges.ts', `export { createBlindIndex } from '@delta/runtime/crypto/blindIndex';`, paths],
  ['the runtime imports the zone', `${runtime}/server/createProvince.ts`, `export { createZone } from '@delta/zone/createZone';`, paths],
  ['the gateway imports the runtime', 'gateway/src/settings.ts', `export { decide } from '@delta/runtime/access/index';`, paths],
  ['the service package imports the runtime', 'subgraphs/service/src/config.ts', `export { decide } from '@delta/runtime/access/index';`, paths],
  ['the schema imports the service package', 'schema/src/ids.ts', `export { createLog } from '../../subgraphs/service/src/log.js';`, paths],
  ['the pass imports the schema', 'subgraphs/pass/src/lib/base45.ts', `export { provinces } from '@delta/schema/provinces';`, paths],
  ['the pass\'s core imports Node', 'subgraphs/pass/src/lib/base45.ts', `export { createHash } from 'node:crypto';`, names],
  ['the browser\'s entry imports Node\'s platform', 'subgraphs/pass/src/browser.ts', `export { nodePlatform } from './platform/nodePlatform.js';`, names],
  ['the core loads what prints paper', 'subgraphs/pass/src/common.ts', `export { renderPaperPass } from './paper/index.js';`, paths],
  ['a verb of the core loads what prints paper', 'subgraphs/pass/src/credential/issueCredential.ts', `export { renderPaperPass } from '../paper/index.js';`, paths],
  ['running code imports from the tests', `${runtime}/server/createProvince.ts`, `export { createTestDatabase } from '../../../../tests/support/database.js';`, paths],
  ['a concept reaches past another\'s index', `${runtime}/station/stationPage.ts`, `export { findOrganizations } from '../organization/store.js';`, paths],
  ['the zone reaches past an index', 'subgraphs/zone/src/edges.ts', `export { gramsOf } from '@delta/runtime/page/grams';`, paths],
  ['access imports a concept', `${runtime}/access/policy.ts`, `export { checkIdNumber } from '../member/index.js';`, paths],
  ['audit imports a concept', `${runtime}/audit/trail.ts`, `export { checkIdNumber } from '../member/index.js';`, paths],
  ['the exchange imports a concept', `${runtime}/exchange/receive.ts`, `export { checkIdNumber } from '../member/index.js';`, paths],
  ['a resolver imports a store', `${runtime}/station/resolvers.ts`, `export { findStations } from './store.js';`, paths],
  ['a verb imports a resolver', `${runtime}/station/stationPage.ts`, `export { stationMutations } from './resolvers.js';`, paths],
  ['rules import TypeORM', `${runtime}/station/rules.ts`, `export { EntitySchema } from 'typeorm';`, names],
  ['rules import a store', `${runtime}/station/rules.ts`, `export { findStations } from './store.js';`, names],
  ['rules import what makes randomness', `${runtime}/station/rules.ts`, `export { randomBytes } from 'node:crypto';`, names],
  ['types import the database', `${runtime}/station/types.ts`, `export type { Database } from '../db/database.js';`, names],
  ['a verb imports TypeORM', `${runtime}/station/stationPage.ts`, `export { EntitySchema } from 'typeorm';`, names],
  ['a resolver imports code of the server', `${runtime}/station/resolvers.ts`, `export { contextOf } from '../server/context.js';`, names],
  ['a store uses In()', `${runtime}/station/store.ts`, `export { In } from 'typeorm';`, names],
  ['rules read the clock', `${runtime}/station/rules.ts`, 'export const now = () => Date.now();', /no-restricted-properties/],
  ['a store saves', `${runtime}/station/store.ts`, 'export const keep = (repository: { save(row: object): object }) => repository.save({});', /no-restricted-syntax/],
  ['the schema is synchronised', `${runtime}/db/dataSource.ts`, 'export const options = { synchronize: true };', /no-restricted-syntax/],
  ['the environment is read outside settings', `${runtime}/server/createProvince.ts`, `export const home = process.env['HOME'];`, /no-restricted-properties/],
  ['a package is used that is not declared', 'subgraphs/anhui/src/province.ts', `export { parse } from 'graphql';`, /no-extraneous-dependencies/],
  ['a comment switches a rule off', 'subgraphs/anhui/src/province.ts', `// eslint-disable-next-line\nexport { province } from '@delta/jiangsu';`, paths],
];

test.each(refused)('it is refused that %s', async (_, file, code, rule) => {
  expect(await faults(file, code)).toContainEqual(expect.stringMatching(rule));
});

const allowed: [string, string, string][] = [
  ['a province imports the runtime and the schema', 'subgraphs/anhui/src/province.ts', `export { defineProvince } from '@delta/runtime/server/province';\nexport { provinces } from '@delta/schema/provinces';`],
  ['the zone imports server, db, exchange, access and audit', 'subgraphs/zone/src/edges.ts', `export { startDatabase } from '@delta/runtime/server/startDatabase';
export { createDatabase } from '@delta/runtime/db/database';
export { register } from '@delta/runtime/directory/index';
export { decide } from '@delta/runtime/access/index';
export { AuditTrail } from '@delta/runtime/audit/index';`],
  ['the gateway imports schema and service', 'gateway/src/settings.ts', `export { createLog } from '@delta/service/log';\nexport { provinces } from '@delta/schema/provinces';`],
  ['rules import types and the schema', `${runtime}/station/rules.ts`, `export { PlatformError } from '@delta/schema/errors';\nexport type { OpeningPeriod } from './types.js';`],
  ['concepts meet through the index', `${runtime}/station/stationPage.ts`, `export { requireDivision } from '../organization/index.js';`],
  ['a resolver imports the type of the context', `${runtime}/station/resolvers.ts`, `import type { ProvinceContext } from '../server/context.js';\nexport const viewerOf = (context: ProvinceContext) => context.viewer;`],
  ['an entity imports TypeORM', `${runtime}/station/entity.ts`, `export { EntitySchema } from 'typeorm';`],
  ['tests and docker/local import across', 'docker/local/src/start.ts', `export { province } from '@delta/anhui';\nexport { createZone } from '@delta/zone/createZone';`],
];

test.each(allowed)('it is allowed that %s', async (_, file, code) => {
  expect(await faults(file, code)).toEqual([]);
});
