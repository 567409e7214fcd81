import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './places.mjs';

/**
 * @typedef {object} FailedTest
 * @property {string} name its file and its title
 * @property {string} why what the runner says of it
 */

/**
 * @typedef {object} VitestFile
 * @property {string} name
 * @property {string} status
 * @property {string} [message]
 * @property {{ status: string, fullName: string, failureMessages?: string[] }[]} assertionResults
 */

/**
 * @typedef {object} PlaywrightSuite
 * @property {PlaywrightSuite[]} [suites]
 * @property {PlaywrightSpec[]} [specs]
 */

/**
 * @typedef {object} PlaywrightSpec
 * @property {string} title
 * @property {string} file
 * @property {boolean} ok
 * @property {{ results: { error?: { message?: string } }[] }[]} tests
 */

/** Enough for a claim, what came instead, and where; a list of many failures stays readable. */
const mostLines = 24;

/**
 * @param {readonly VitestFile[]} files
 * @returns {FailedTest[]}
 */
export function failedInVitest(files) {
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [{ name: file, why: message ?? '' }];
      return failed.map(({ fullName, failureMessages }) => ({
        name: `${file} › ${fullName}`,
        why: failureMessages?.join('\n') ?? '',
      }));
    });
}

/**
 * @param {readonly PlaywrightSuite[]} suites
 * @returns {FailedTest[]}
 */
export function failedInPlaywright(suites) {
  return suites.flatMap(({ suites: inner = [], specs = [] }) => [
    ...failedInPlaywright(inner),
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ title, file, tests }) => ({
        name: `${file} › ${title}`,
        why: tests
          .flatMap(({ results }) => results.map(({ error }) => error?.message ?? ''))
          .join('\n'),
      })),
  ]);
}

/**
 * What failed, as it stands at the end of all that was printed, where who only has the end finds it.
 *
 * @param {FailedTest} test
 */
export function sayFailedTest({ name, why }) {
  const lines = stripVTControlCharacters(why).trim().split('\n').slice(0, mostLines);
  return [`✗ ${name}`, ...lines.map((line) => `    ${line}`)].join('\n');
}
