import { defineConfig } from '@playwright/test';
import { chromiumOptions } from '../tests/support/chromium-args.ts';

export default defineConfig({
  testDir: '../tests/e2e',
  outputDir: '../test-results',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 2,
  // A shared machine stalls for seconds at times; what needed its second try is named as flaky.
  retries: 1,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 360, height: 640 },
    locale: 'en-GB',
    trace: 'off',
    launchOptions: chromiumOptions(),
  },
});
