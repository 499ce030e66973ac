import type { Address } from '#core/address.ts'
import { amount } from '#core/numbers.ts'
import type { Flow } from '#core/opportunity.ts'
import type { Lack, Unserved } from './unserved.ts'

type Row = Omit<Unserved, 'markets'>
type Shut = Pick<Unserved, 'token' | 'lack'>

/** Counts positions by the tokens that they lack a way for. */
export interface Tally {
  /** `owes`: of a position that nothing can be done about; `null` where something can. */
  readonly add: (shut: readonly Shut[], owes: readonly Flow[] | null) => void
  /** The most stuck first. */
  readonly rows: () => readonly Row[]
  readonly stuck: () => Readonly<Record<Lack, number>>
}

/** `without`: tokens that have no exit, counted or not. */
export function createTally(without: readonly Address[]): Tally {
  const rows = new Map<
    string,
    { token: Address; lack: Lack; positions: number; stuck: number; owed: Map<Flow['asset'], bigint> }
  >()
  const stuck: Record<Lack, number> = { 'no-exit': 0, 'no-lender': 0 }
  const rowOf = ({ token, lack }: Shut) => {
    const key = `${token}/${lack}`
    const row = rows.get(key) ?? { token, lack, positions: 0, stuck: 0, owed: new Map() }
    rows.set(key, row)
    return row
  }
  for (const token of without) rowOf({ token, lack: 'no-exit' })
  return {
    add: (shut, owes) => {
      const distinct = new Map(shut.map((one) => [`${one.token}/${one.lack}`, one]))
      for (const one of distinct.values()) {
        const row = rowOf(one)
        row.positions += 1
        if (owes === null) continue
        row.stuck += 1
        for (const { asset, amount: units } of owes) row.owed.set(asset, (row.owed.get(asset) ?? 0n) + units)
      }
      if (owes !== null) for (const lack of new Set(shut.map((one) => one.lack))) stuck[lack] += 1
    },
    rows: () =>
      [...rows.values()]
        .map(({ owed, ...row }) => ({
          ...row,
          owed: [...owed].map(([asset, units]) => ({ asset, amount: amount(units) })),
        }))
        .sort((a, b) => b.stuck - a.stuck || b.positions - a.positions || (a.token < b.token ? -1 : 1)),
    stuck: () => ({ ...stuck }),
  }
}
