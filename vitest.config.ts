import { defineConfig } from 'vitest/config'

/** What the conformance suite asks too, or what is long: with `npm run test:full`. */
export const onlyInFull = [
  'test/full/*.test.ts',
  'strategies/morpho-blue/test/chain.test.ts',
  'strategies/morpho-blue/test/following.test.ts',
  'strategies/morpho-blue/test/storm.test.ts',
  'test/conformance/outside.test.ts',
  'test/keeper/joint.test.ts',
  'test/keeper/joint-across.test.ts',
  'test/keeper/resume.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'strategies/*/test/*.test.ts'],
    // With `npm run test:ops`: they need Prometheus and Alertmanager.
    globalSetup: ['test/unpack-browser.ts'],
    exclude: [...onlyInFull, 'test/ops/*.test.ts'],
    // Tests start real chains: two at a time is what two cores carry.
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
