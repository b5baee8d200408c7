import { defineConfig } from 'vitest/config';

import { testsToLeaveOut } from './test/browser/support/chromium.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: testsToLeaveOut(),
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine we promise; more workers than that only wait.
    maxWorkers: 2,
  },
});
