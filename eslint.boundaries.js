/**
 * Who may import whom. A boundary is a path, so `@delta/zone/...` and `../../zone/...` are refused alike; what cannot be said
 * by paths (TypeORM, the clock in a rule) is said by import names below.
 */

const packages = ['schema', 'subgraphs/pass', 'subgraphs/service', 'subgraphs/runtime', 'subgraphs/zone', 'subgraphs/shanghai', 'subgraphs/jiangsu',
  'subgraphs/zhejiang', 'subgraphs/anhui', 'gateway/src', 'gateway/console', 'docker', 'tests'];

const province = ['schema', 'subgraphs/runtime'];

/** Only tests and docker/local import across; they stand in no row here. */
const mayImport = {
  'schema': [],
  'subgraphs/pass': [],
  'subgraphs/service': ['schema'],
  'subgraphs/runtime': ['schema', 'subgraphs/service', 'subgraphs/pass'],
  'subgraphs/zone': ['schema', 'subgraphs/service', 'subgraphs/pass', 'subgraphs/runtime'],
  'subgraphs/shanghai': province,
  'subgraphs/jiangsu': province,
  'subgraphs/zhejiang': province,
  'subgraphs/anhui': province,
  'gateway/src': ['schema', 'subgraphs/service'],
  'gateway/console': [],
};

const betweenPackages = Object.entries(mayImport).flatMap(([place, allowed]) => {
  const others = packages.filter((other) => other !== place && other !== 'tests' && !allowed.includes(other));
  const message = `${place} imports ${allowed.join(', ') || 'nothing of ours'} only.`;
  return [
    { target: `./${place}`, from: others.map((other) => `./${other}`), message },
    { target: `./${place}/**/!(*.test).ts`, from: './tests', message },
    { target: `./${place}/**/*.test.ts`, from: './tests', except: ['./support'], message: 'A test beside the code takes no more of tests/ than tests/support.' },
  ];
});

/** A page or a station that loads the core loads no PDF writer and no font. */
const passPaper = {
  target: './subgraphs/pass/src/!(paper)/**', from: './subgraphs/pass/src/paper', message: 'The core knows nothing of paper: take @delta/pass/paper where a pass is printed.',
};
const passPaperFromTop = { ...passPaper, target: './subgraphs/pass/src/*.ts' };

const runtime = './subgraphs/runtime/src';

/** Folders that are entered by their index alone. */
const concepts = ['member', 'organization', 'station', 'lookup', 'case', 'accessLog', 'statistics', 'transfer', 'exchangeView', 'flow', 'activity', 'pass', 'passCheck', 'passLists', 'stationEnrolment'];
const closed = [...concepts, 'directory', 'division', 'oneTimeCode', 'page', 'synthetic'];

/** What the concepts stand on; concepts register with it, so it knows none of them. */
const ground = ['exchange', 'directory', 'access', 'audit', 'db', 'crypto', 'page', 'division', 'oneTimeCode'];

const inRuntime = [
  ...closed.map((folder) => ({
    target: [`${runtime}/!(${folder})/**/!(*.test).ts`, './subgraphs/!(runtime)/**/!(*.test).ts'],
    from: `${runtime}/${folder}`, except: ['./index.ts', ...(folder === 'synthetic' ? ['./loadSynthetic.ts'] : [])],
    message: `Folders meet through their index: import ${folder}/index.js.`,
  })),
  ...ground.map((folder) => ({
    target: `${runtime}/${folder}/**/!(*.test).ts`, from: concepts.map((concept) => `${runtime}/${concept}`),
    message: `${folder} imports no concept; concepts register with it.`,
  })),
  {
    target: ground.map((folder) => `${runtime}/${folder}/**/!(*.test).ts`), from: [`${runtime}/server`, `${runtime}/synthetic`],
    message: 'What a server is made of does not know the server.',
  },
  {
    target: './subgraphs/zone', from: [...concepts, 'crypto', 'page', 'division', 'oneTimeCode', 'synthetic'].map((folder) => `${runtime}/${folder}`),
    message: 'The zone imports the runtime\'s server, db, exchange, directory, access and audit only.',
  },
  {
    target: `${runtime}/*/resolvers.ts`, from: [`${runtime}/*/store.ts`, `${runtime}/*/entity.ts`, `${runtime}/db/**`],
    message: 'Resolvers call verbs; verbs call rules and stores.',
  },
  {
    target: concepts.map((concept) => `${runtime}/${concept}/!(resolvers|index|*.test).ts`), from: `${runtime}/*/resolvers.ts`,
    message: 'Resolvers call verbs, never the other way round.',
  },
];

/** For `import-x/no-restricted-paths`. */
export const restrictedPaths = { basePath: import.meta.dirname, zones: [...betweenPackages, passPaper, passPaperFromTop, ...inRuntime] };

const noIn = { name: 'typeorm', importNames: ['In'], message: 'Use `= any(:ids)`: one plan whatever the number of ids.' };
const noTypeorm = { name: 'typeorm', message: 'Only store, entity and db touch TypeORM; verbs receive the transaction.' };
const serverByTypeOnly = {
  regex: '(^|/)server/', allowTypeImports: true,
  message: 'A concept knows the server by its types alone: what it works with is handed in.',
};
const onlySchemaAndTypes = {
  regex: '^(?!@delta/schema/|(\\./|\\.\\./([a-zA-Z]+/)?)types\\.js$)',
  message: 'Rules and types import only @delta/schema and other types: clock, keys and random come in as arguments.',
};

const noNode = {
  regex: '^node:|/platform/(node|createNode)',
  message: 'The pass runs in browsers too: what is Node\'s stands in platform/ and enters by index.ts.',
};

const restrictedImports = (files, ignores, paths, patterns = []) => ({
  files, ignores, rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] },
});

const tests = '**/*.test.ts';
const touchesDatabase = ['**/store.ts', '**/entity.ts', 'subgraphs/runtime/src/db/**/*.ts', '**/migrations/*.ts'];
const pure = ['**/rules.ts', '**/types.ts'];
const passCore = 'subgraphs/pass/src/**/*.ts';
const passNode = ['subgraphs/pass/src/index.ts', 'subgraphs/pass/src/paper/*.ts', 'subgraphs/pass/src/bin/*.ts', 'subgraphs/pass/src/platform/*Node*.ts', 'subgraphs/pass/src/platform/node*.ts'];
const inConcepts = concepts.map((concept) => `subgraphs/runtime/src/${concept}/*.ts`);

/** Each file meets exactly one of these: options of one rule replace each other, they do not add up. */
export const importBoundaries = [
  restrictedImports(['**/*.ts'], [...touchesDatabase, ...pure, ...inConcepts, passCore], [noTypeorm]),
  restrictedImports([passCore], [tests, ...passNode], [noTypeorm], [noNode]),
  restrictedImports(inConcepts, [...touchesDatabase, ...pure], [noTypeorm], [serverByTypeOnly]),
  restrictedImports([tests, ...touchesDatabase], [], [noIn]),
  restrictedImports(pure, ['subgraphs/runtime/src/db/**'], [noTypeorm], [onlySchemaAndTypes]),
];

/** Rules are free of clock and randomness. */
export const pureFiles = { files: ['**/rules.ts'], rules: {
  'no-restricted-globals': ['error', ...['process', 'fetch', 'crypto', 'performance', 'setTimeout'].map((name) => ({ name, message: 'Rules are pure: hand it in.' }))],
  'no-restricted-properties': ['error',
    { object: 'Date', property: 'now', message: 'Rules are pure: hand the time in.' },
    { object: 'Math', property: 'random', message: 'Rules are pure: hand the draw in.' }],
} };
