import { defineConfig } from 'vitest/config'
import usual from './vitest.config.ts'

/** What needs packages that are too heavy to be installed with the rest: `npm run test:full` fetches them first. */
export default defineConfig({ test: { ...usual.test, include: ['strategies/*/test/full/*.test.ts'] } })
