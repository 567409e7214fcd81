import { describe, expect, test } from 'vitest';
import {
  addCounts,
  countPlaywright,
  countVitest,
  isGood,
  oneFailed,
  onePassed,
  sayCounts,
} from '../../../scripts/summary.mjs';

const passedTest = { status: 'passed', fullName: 'all is well' };

const vitestReport = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [passedTest] }],
};

const playwrightStats = { expected: 4, unexpected: 0, flaky: 1, skipped: 2 };

describe('the numbers of vitest', () => {
  test('are taken from its report', () => {
    expect(countVitest(vitestReport, true)).toEqual({ passed: 7, failed: 0, skipped: 3 });
  });

  test('count a file that could not be loaded as one failed test', () => {
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }];
    expect(countVitest({ ...vitestReport, testResults }, false).failed).toBe(1);
  });

  test('count a file with a failed test once', () => {
    const assertionResults = [{ status: 'failed', fullName: 'it fails' }];
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults }];
    const report = { ...vitestReport, numFailedTests: 1, testResults };
    expect(countVitest(report, false).failed).toBe(1);
  });

  test('are one failure where the runner crashed without a report', () => {
    expect(countVitest(undefined, true)).toEqual(oneFailed);
  });

  test('gain a failure where the runner ended badly though no test failed', () => {
    expect(countVitest(vitestReport, false)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  test('are a failure where nothing ran', () => {
    const report = { ...vitestReport, numPassedTests: 0 };
    expect(countVitest(report, true)).toEqual({ passed: 0, failed: 1, skipped: 3 });
  });
});

describe('the numbers of Playwright', () => {
  test('are taken from its report', () => {
    const report = { stats: playwrightStats, suites: [] };
    expect(countPlaywright(report, true)).toEqual({ passed: 5, failed: 0, skipped: 2 });
  });

  test('keep the failed ones', () => {
    const report = { stats: { ...playwrightStats, unexpected: 3 }, suites: [] };
    expect(countPlaywright(report, false).failed).toBe(3);
  });

  test('are one failure where the runner crashed, ended badly or ran nothing', () => {
    const nothing = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, suites: [] };
    expect(countPlaywright(undefined, false).failed).toBe(1);
    expect(countPlaywright({ stats: playwrightStats, suites: [] }, false).failed).toBe(1);
    expect(countPlaywright(nothing, true).failed).toBe(1);
  });
});

describe('the sum', () => {
  test('adds up what every check counted', () => {
    const counts = { passed: 7, failed: 2, skipped: 1 };
    expect(addCounts([onePassed, oneFailed, counts])).toEqual({ passed: 8, failed: 3, skipped: 1 });
  });

  test('is said with the skipped ones only where there are any', () => {
    expect(sayCounts({ passed: 8, failed: 3, skipped: 0 })).toBe('8 passed, 3 failed');
    expect(sayCounts({ passed: 8, failed: 0, skipped: 1 })).toBe('8 passed, 0 failed, 1 skipped');
  });

  test('is good only where something passed and nothing failed', () => {
    expect(isGood({ passed: 1, failed: 0, skipped: 5 })).toBe(true);
    expect(isGood({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
    expect(isGood({ passed: 0, failed: 0, skipped: 5 })).toBe(false);
  });
});
