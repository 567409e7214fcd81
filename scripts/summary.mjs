/** @import { FailedTest, PlaywrightSuite, VitestFile } from './failed-tests.mjs' */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @typedef {{ counts: Readonly<Counts>, failedTests: FailedTest[] }} Outcome */

/**
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {VitestFile[]} testResults
 */

/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {PlaywrightSuite[]} suites
 */

/** @type {Readonly<Counts>} */
export const onePassed = { passed: 1, failed: 0, skipped: 0 };

/** @type {Readonly<Counts>} */
export const oneFailed = { passed: 0, failed: 1, skipped: 0 };

/** @type {Readonly<Outcome>} */
export const good = { counts: onePassed, failedTests: [] };

/** @type {Readonly<Outcome>} */
export const bad = { counts: oneFailed, failedTests: [] };

/** @param {Readonly<Counts>[]} all */
export function addCounts(all) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/**
 * A runner that ended badly without naming a failed test, or that ran none, is itself a failure.
 *
 * @param {Counts} counts
 * @param {boolean} endedWell
 */
function countRunner(counts, endedWell) {
  const isFault = counts.failed === 0 && (!endedWell || counts.passed === 0);
  return isFault ? addCounts([counts, oneFailed]) : counts;
}

/**
 * A file that could not be loaded names no test; it counts as one failed test.
 *
 * @param {VitestReport | undefined} report
 * @param {boolean} endedWell
 * @returns {Counts}
 */
export function countVitest(report, endedWell) {
  if (!report) return { ...oneFailed };
  const filesNotLoaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  return countRunner(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + filesNotLoaded,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    endedWell,
  );
}

/**
 * @param {PlaywrightReport | undefined} report
 * @param {boolean} endedWell
 * @returns {Counts}
 */
export function countPlaywright(report, endedWell) {
  if (!report) return { ...oneFailed };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return countRunner({ passed: expected + flaky, failed: unexpected, skipped }, endedWell);
}

/** @param {Counts} counts */
export function sayCounts({ passed, failed, skipped }) {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts;
}

/** @param {Counts} counts */
export const isGood = ({ passed, failed }) => failed === 0 && passed > 0;
