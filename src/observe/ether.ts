import type { Wei } from '#core/numbers.ts'

/** For a gauge or a counter, which hold floats; a log holds the integer. */
export const ether = (wei: Wei): number => Number(wei) / 1e18
