import type { rows } from '../../src/observe/metric-rows.ts'

type Row = (typeof rows)[keyof typeof rows]

/** Which keepers: chosen at the top of every dashboard. */
const chosen = 'job=~"$job",instance=~"$instance"'

type Suffix = '' | '_bucket' | '_count'

/** A metric's series of the keepers chosen. Names come from the keeper's own registry, so that none can be mistyped. */
export const of = ({ name }: Row, labels = '', suffix: Suffix = ''): string =>
  `${name}${suffix}{${chosen}${labels === '' ? '' : `,${labels}`}}`

/** A second, over the shortest time that a scrape interval allows. */
export const rate = (row: Row, labels = '', suffix: Suffix = ''): string =>
  `rate(${of(row, labels, suffix)}[$__rate_interval])`

/** Over all the time shown. */
export const total = (row: Row, labels = ''): string => `increase(${of(row, labels)}[$__range])`

/** Over each step of the time shown: bars. */
export const each = (row: Row, labels = '', suffix: Suffix = ''): string =>
  `increase(${of(row, labels, suffix)}[$__rate_interval])`

export const sumBy = (by: string, expression: string): string => `sum by (${by}) (${expression})`

/** The seconds that a part of all stays below. Of nothing that is no number: such a series is left out. */
export const quantile = (part: number, row: Row, by: string, labels = ''): string =>
  `histogram_quantile(${part}, sum by (le, ${by}) (${rate(row, labels, '_bucket')})) >= 0`

/** A part of all; 0 while there is nothing of all, where a division would give no number. */
export const share = (part: string, all: string): string => `sum(${part}) / (sum(${all}) > 0) or vector(0)`
