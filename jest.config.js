/** Native ESM, workspace packages from source (the `source` export condition): no build before a test. Types are checked by tsc. */
export default {
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: './tests/support/globalSetup.js',
  globalTeardown: './tests/support/globalTeardown.js',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testTimeout: 60_000,
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', ...(process.env.CI ? ['./tests/support/startedReporter.js'] : [])],
};
