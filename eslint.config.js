import { readFileSync } from 'node:fs';
import graphql from '@graphql-eslint/eslint-plugin';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { importBoundaries, pureFiles, restrictedPaths } from './eslint.boundaries.js';

const { workspaces } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const provinces = ['shanghai', 'jiangsu', 'zhejiang', 'anhui'];
const packages = workspaces.flatMap((folder) => (folder === 'subgraphs/*' ? ['pass', 'service', 'runtime', 'zone', ...provinces].map((name) => `subgraphs/${name}`) : [folder]));
const tests = ['**/*.test.ts', 'tests/**/*.ts', '**/testing/**/*.ts', '**/fixtures/**/*.ts'];

/** What a package imports stands in its own package.json; tests may use the root's tools too. */
const declaredDependencies = packages.flatMap((folder) => [
  { files: [`${folder}/**/*.ts`], ignores: tests, rules: { 'import-x/no-extraneous-dependencies': ['error', { packageDir: [folder], devDependencies: false, includeTypes: true }] } },
  { files: tests.map((glob) => (glob.startsWith('tests/') ? glob : `${folder}/${glob}`)), rules: { 'import-x/no-extraneous-dependencies': ['error', { packageDir: [...new Set([folder, 'tests', '.'])], includeTypes: true }] } },
]).concat(
  // A step of the build.
  { files: ['docker/local/src/bin/bundle.ts'], rules: { 'import-x/no-extraneous-dependencies': ['error', { packageDir: ['docker/local'] }] } },
);

/** SQL and TypeORM habits that cost: measured at up to four times plain statements. */
const syntax = [
  { selector: 'Property[key.name="synchronize"][value.value=true]', message: 'The schema changes by numbered migrations only.' },
  { selector: 'CallExpression[callee.property.name="synchronize"]', message: 'The schema changes by numbered migrations only.' },
  { selector: 'CallExpression[callee.property.name="save"]', message: 'save() reads before it writes: say the statement.' },
];

/** subgraphs/service/src/rawKey.ts says why. */
const jwkExport = {
  selector: 'CallExpression[callee.property.name="export"] Property[key.name="format"][value.value="jwk"]',
  message: "A fresh key's export as a JWK can deadlock Node 20: take DER, or rawKey.ts.",
};

/** Federation's own directives: the contract's files are read as one schema without a @link. */
const federation = `
  directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
  directive @external on OBJECT | FIELD_DEFINITION
  directive @requires(fields: String!) on FIELD_DEFINITION
  directive @provides(fields: String!) on FIELD_DEFINITION
  directive @override(from: String!) on FIELD_DEFINITION
  directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
`;

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/.delta/', '**/.turbo/', '**/coverage/'] },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    // One program for all packages: a project each checks what they share eleven times over.
    languageOptions: { parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createTypeScriptImportResolver({
        project: 'tsconfig.base.json', conditionNames: ['source', 'types', 'import', 'node', 'default'],
      })],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', restrictedPaths],
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': ['error', ...syntax, jwkExport],
    },
  },
  ...importBoundaries,
  ...declaredDependencies,
  {
    // One typed configuration a process, read in one place; docker/local hands its own environment on to those it starts.
    files: ['schema/**/*.ts', 'subgraphs/**/*.ts', 'gateway/**/*.ts'],
    ignores: [...tests, '**/settings.ts', 'subgraphs/service/src/config.ts', 'subgraphs/service/src/tracing.ts', 'subgraphs/runtime/src/db/embedded/runProgram.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read it in settings.ts, through readConfig.' }] },
  },
  pureFiles,
  {
    files: ['schema/sdl/*.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: ['schema/sdl/*.graphql', federation] } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...Object.fromEntries(['known-argument-names', 'known-directives', 'known-type-names', 'lone-schema-definition', 'possible-type-extension',
        'provided-required-arguments', 'unique-argument-names', 'unique-directive-names', 'unique-directive-names-per-location',
        'unique-enum-value-names', 'unique-field-definition-names', 'unique-operation-types', 'unique-type-names', 'value-literals-of-correct-type',
        'no-typename-prefix', 'require-deprecation-reason', 'relay-connection-types'].map((rule) => [`@graphql-eslint/${rule}`, 'error'])),
      '@graphql-eslint/description-style': ['error', { style: 'inline' }],
      '@graphql-eslint/naming-convention': ['error', {
        types: 'PascalCase', FieldDefinition: 'camelCase', InputValueDefinition: 'camelCase', Argument: 'camelCase', DirectiveDefinition: 'camelCase', EnumValueDefinition: 'UPPER_CASE',
      }],
    },
  },
);
