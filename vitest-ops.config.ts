import { defineConfig } from 'vitest/config'
import usual from './vitest.config.ts'

/** What needs a real Prometheus and Alertmanager: from PATH, else unpacked from Debian's packages on first use. */
export default defineConfig({
  test: {
    ...usual.test,
    exclude: [],
    include: ['test/ops/*.test.ts'],
    // One chain, one keeper, one Prometheus at a time.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
})
