import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuild } from './ensure-build.mjs';
import { findOrInstallChromium } from './ensure-chromium.mjs';
import { findOrInstallOtherBrowsers } from './ensure-other-browsers.mjs';
import { failedInPlaywright, failedInVitest } from './failed-tests.mjs';
import { findTool } from './find-tool.mjs';
import { cacheFolder } from './places.mjs';
import { run } from './run.mjs';
import { bad, countPlaywright, countVitest, good } from './summary.mjs';

/** @import { Outcome, PlaywrightReport, VitestReport } from './summary.mjs' */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} group what `--only` names
 * @property {(extra: string[]) => Promise<Outcome>} work
 */

/**
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function passes(packageName, command, args, env = process.env) {
  const { code } = await run(process.execPath, [findTool(packageName, command), ...args], {
    env,
    stdin: 'none',
  });
  return code === 0;
}

/**
 * @param {string} group
 * @param {string} name
 * @param {{ packageName: string, command: string, args: string[] }} tool
 * @returns {Check}
 */
const checkWithTool = (group, name, { packageName, command, args }) => ({
  group,
  name,
  work: async () => ((await passes(packageName, command, args)) ? good : bad),
});

/**
 * @param {string} runner
 * @param {(reportPath: string) => Promise<boolean>} runTests
 */
async function readReportOf(runner, runTests) {
  const path = join(cacheFolder, `${runner}.json`);
  await mkdir(cacheFolder, { recursive: true });
  await rm(path, { force: true });
  const endedWell = await runTests(path);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return { endedWell, report: /** @type {unknown} */ (text && JSON.parse(text)) };
}

/** @param {string[]} extra */
async function runVitest(extra) {
  const { report: read, endedWell } = await readReportOf('vitest', (path) =>
    passes('vitest', 'vitest', [
      ...['run', '--config', '.config/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${path}`],
      ...extra,
    ]),
  );
  const report = /** @type {VitestReport | undefined} */ (read);
  return {
    counts: countVitest(report, endedWell),
    failedTests: failedInVitest(report?.testResults ?? []),
  };
}

/** @type {Promise<void> | undefined} */
let build;
const buildOnce = () => (build ??= ensureBuild());

/** @param {string[]} extra */
async function runPlaywright(extra) {
  await buildOnce();
  const chromium = await findOrInstallChromium();
  const others = await findOrInstallOtherBrowsers();
  const { report: read, endedWell } = await readReportOf('playwright', (path) =>
    passes(
      '@playwright/test',
      'playwright',
      ['test', '--config', '.config/playwright.config.ts', '--reporter=list,json', ...extra],
      {
        ...{ ...process.env, ...others, WALLFLOWER_CHROMIUM: chromium },
        PLAYWRIGHT_JSON_OUTPUT_FILE: path,
      },
    ),
  );
  const report = /** @type {PlaywrightReport | undefined} */ (read);
  return {
    counts: countPlaywright(report, endedWell),
    failedTests: failedInPlaywright(report?.suites ?? []),
  };
}

/** @type {readonly Check[]} */
export const checks = [
  {
    group: 'build',
    name: 'The app builds',
    work: async () => {
      await buildOnce();
      return good;
    },
  },
  checkWithTool('types', 'SvelteKit’s own types', {
    packageName: '@sveltejs/kit',
    command: 'svelte-kit',
    args: ['sync'],
  }),
  checkWithTool('lint', 'ESLint', {
    packageName: 'eslint',
    command: 'eslint',
    args: ['--config', '.config/eslint.config.js', '--max-warnings', '0', '.'],
  }),
  checkWithTool('lint', 'Prettier', {
    packageName: 'prettier',
    command: 'prettier',
    args: [
      ...['--config', '.config/prettier.json', '--check', '.'],
      ...['--ignore-path', '.config/prettierignore'],
    ],
  }),
  checkWithTool('types', 'Types of the app', {
    packageName: 'svelte-check',
    command: 'svelte-check',
    args: ['--tsconfig', './tsconfig.json', '--fail-on-warnings'],
  }),
  checkWithTool('types', 'Types of the relay, the scripts and the tests', {
    packageName: 'typescript',
    command: 'tsc',
    args: ['-p', '.config/tsconfig.node.json', '--noEmit'],
  }),
  checkWithTool('types', 'Types of the service worker', {
    packageName: 'typescript',
    command: 'tsc',
    args: ['-p', 'service-worker/tsconfig.json', '--noEmit'],
  }),
  checkWithTool('rooms', 'Walls between the rooms (dependency-cruiser)', {
    packageName: 'dependency-cruiser',
    command: 'depcruise',
    args: ['--config', '.config/dependency-cruiser.cjs', 'src', 'service-worker'],
  }),
  checkWithTool('unused', 'Nothing unused (knip)', {
    packageName: 'knip',
    command: 'knip',
    args: ['--config', '.config/knip.json'],
  }),
  { group: 'vitest', name: 'Tests without a browser (vitest)', work: runVitest },
  { group: 'playwright', name: 'Tests in a browser (Playwright)', work: runPlaywright },
];
