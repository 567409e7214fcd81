/** Mutation testing of one area, in a copy of the tree; `npm run mutate` starts it. */
const area = process.env['MUTATED_AREA'] === 'messages' ? 'messages' : 'crypto';
const sources = { crypto: 'src/crypto', messages: 'src/core/messages' };

export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: '.config/stryker-vitest.config.ts', related: false },
  mutate: [`${sources[area]}/**/*.ts`],
  inPlace: true,
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: `reports/${area}-incremental.json`,
  jsonReporter: { fileName: `reports/${area}.json` },
  reporters: ['json', 'progress-append-only'],
  allowConsoleColors: false,
  concurrency: 2,
  timeoutMS: 45_000,
  disableTypeChecks: false,
  checkers: [],
  allowEmpty: false,
  cleanTempDir: 'always',
};
