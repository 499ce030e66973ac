import type { Opportunity } from '#core/opportunity.ts'

/**
 * Alone, what hands over first, calls back and takes last is paid out of what it hands over: the swaps are done inside
 * its callback, and nobody lends anything. Beside others it is paid by a loan as they are, so that each may fail alone.
 */
export const paysItself = ({ capital }: Opportunity, steps: number): boolean => capital === 'callback' && steps === 1
