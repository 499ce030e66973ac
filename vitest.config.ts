import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'strategies/*/test/*.test.ts'],
    exclude: ['test/full/**'],
    // Tests start real chains: two at a time is what two cores carry.
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
