import { parseArgs } from 'node:util';
import { ensureDependencies } from './ensure-dependencies.mjs';
import { ensureNode } from './ensure-node.mjs';
import { sayFailedTest } from './failed-tests.mjs';
import { Failure, showFailure } from './failure.mjs';
import { addCounts, bad, isGood, oneFailed, sayCounts } from './summary.mjs';

/** @import { Check } from './checks.mjs' */
/** @import { Counts, Outcome } from './summary.mjs' */

const startedAt = performance.now();

/** @param {number} since */
const secondsSince = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * @param {readonly Check[]} checks
 * @param {string[]} groups none means all
 */
function chooseChecks(checks, groups) {
  const known = [...new Set(checks.map(({ group }) => group))];
  const unknown = groups.find((group) => !known.includes(group));
  if (unknown) throw new Failure(`There is no check “${unknown}”. There are: ${known.join(', ')}.`);
  return groups.length === 0 ? checks : checks.filter(({ group }) => groups.includes(group));
}

/**
 * @param {Check} check
 * @param {string[]} extra
 * @returns {Promise<Outcome>}
 */
async function runCheck({ name, work }, extra) {
  console.log(`\n── ${name}`);
  const since = performance.now();
  const outcome = await work(extra).catch((/** @type {unknown} */ error) => {
    showFailure(error);
    return bad;
  });
  console.log(`── ${name}: ${sayCounts(outcome.counts)} (${secondsSince(since)})`);
  return outcome;
}

/**
 * `--only <group>` may stand several times; what else is given goes to the test runners.
 *
 * @returns {Promise<Counts>}
 */
async function runAll() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string', multiple: true, default: [] } },
    allowPositionals: true,
  });
  await ensureNode();
  await ensureDependencies();
  const { checks } = await import('./checks.mjs');

  /** @type {(Outcome & { name: string })[]} */
  const results = [];
  for (const check of chooseChecks(checks, values.only)) {
    results.push({ name: check.name, ...(await runCheck(check, positionals)) });
  }
  const failed = results.filter(({ counts }) => counts.failed > 0);
  if (failed.length > 0) console.log(`\nFailed: ${failed.map(({ name }) => name).join('; ')}`);
  for (const test of failed.flatMap(({ failedTests }) => failedTests)) {
    console.log(`\n${sayFailedTest(test)}`);
  }
  return addCounts(results.map(({ counts }) => counts));
}

const counts = await runAll().catch((/** @type {unknown} */ error) => {
  showFailure(error);
  return oneFailed;
});
process.exitCode = isGood(counts) ? 0 : 1;
console.log(`\nTook ${secondsSince(startedAt)}.`);
console.log(sayCounts(counts));
