import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureDependencies } from './ensure-dependencies.mjs';
import { ensureNode } from './ensure-node.mjs';
import { Failure, showFailure } from './failure.mjs';
import { fingerprint } from './fingerprint.mjs';
import { summarizeMutants } from './mutation-summary.mjs';
import { installFromLock } from './npm.mjs';
import { cacheFolder, inRoot, modulesFolder } from './places.mjs';
import { run } from './run.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

/*
 * Mutants are written into a copy of the tree, so that nobody's edits and no other test meets one.
 * What Stryker needs is installed beside the copy; both find the project's own packages through a
 * link above them.
 */
const areas = ['crypto', 'messages'];
const folder = process.env['WALLFLOWER_MUTATION'] ?? join(tmpdir(), 'wallflower-mutation');
const resultsFolder = join(cacheFolder, 'mutation');
const tools = join(folder, 'tools');

async function installStryker() {
  const parts = ['package.json', 'package-lock.json', '.npmrc'];
  const wanted = await fingerprint(inRoot('tests', 'mutation'), parts);
  const stamp = join(tools, '.installed');
  if ((await readStamp(stamp)) === wanted) return;
  console.log('Installing Stryker, apart from the project’s dependencies …');
  await rm(tools, { recursive: true, force: true });
  await mkdir(tools, { recursive: true });
  for (const part of parts) await cp(inRoot('tests', 'mutation', part), join(tools, part));
  await installFromLock(tools, 'Installing Stryker');
  await writeStamp(stamp, wanted);
}

/**
 * A fresh copy of what the mutants and their tests read.
 *
 * @param {string} area
 */
async function copyTree(area) {
  const tree = join(folder, area);
  await rm(tree, { recursive: true, force: true });
  await mkdir(join(tree, 'reports'), { recursive: true });
  await rm(join(folder, 'node_modules'), { force: true });
  await symlink(modulesFolder, join(folder, 'node_modules'), 'junction');
  for (const part of ['src', 'tests', '.config', 'package.json']) {
    await cp(inRoot(part), join(tree, part), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  }
  const options = { extends: './.config/tsconfig.strict.json' };
  await writeFile(join(tree, 'tsconfig.json'), JSON.stringify(options));
  return tree;
}

/**
 * @param {string} area
 * @param {string[]} flags of Stryker's own
 */
async function mutate(area, flags) {
  const tree = await copyTree(area);
  const incremental = `${area}-incremental.json`;
  await cp(join(resultsFolder, incremental), join(tree, 'reports', incremental)).catch(() => {});
  const stryker = join(tools, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const { code } = await run(
    process.execPath,
    [stryker, 'run', '.config/stryker.config.mjs', ...flags],
    { cwd: tree, env: { ...process.env, MUTATED_AREA: area }, stdin: 'none' },
  );
  if (code !== 0) throw new Failure('Stryker ended with an error, shown above.');
  for (const name of [`${area}.json`, incremental]) {
    await cp(join(tree, 'reports', name), join(resultsFolder, name));
  }
}

try {
  const [first = '', ...others] = process.argv.slice(2);
  const isArea = areas.includes(first);
  if (first !== '' && !isArea && !first.startsWith('-')) {
    throw new Failure(`No such area: ${first}. There are ${areas.join(' and ')}.`);
  }
  await ensureNode();
  await ensureDependencies();
  await mkdir(resultsFolder, { recursive: true });
  await installStryker();
  const chosen = isArea ? [first] : areas;
  const flags = isArea ? others : process.argv.slice(2);
  for (const area of chosen) await mutate(area, flags);
  const reasons = await readFile(inRoot('tests', 'mutation', 'survivors.json'), 'utf8');
  let holds = true;
  for (const area of chosen) {
    const report = await readFile(join(resultsFolder, `${area}.json`), 'utf8');
    const { text, isEnough } = summarizeMutants(JSON.parse(report), JSON.parse(reasons));
    console.log(`\n${text}`);
    holds &&= isEnough;
  }
  if (!holds) process.exitCode = 1;
} catch (error) {
  showFailure(error);
  process.exitCode = 1;
}
