import { defineConfig } from 'vitest/config'
import usual, { onlyInFull } from './vitest.config.ts'

/**
 * What takes packages too heavy to be installed with the rest, which `npm run test:full` fetches first, and what is tried
 * more often than there is time for with everything else.
 */
export default defineConfig({
  test: {
    ...usual.test,
    exclude: [],
    include: [
      'strategies/*/test/full/*.test.ts',
      ...onlyInFull,
      'test/keeper/crash.test.ts',
      'test/keeper/fail-over.test.ts',
      'test/keeper/reorg-random.test.ts',
      'test/conformance/conformance.test.ts',
      'test/execution/sign-transaction.test.ts',
      'test/console/many.test.ts',
    ],
    env: { PLIMSOLL_TEST_ALL: '1' },
  },
})
