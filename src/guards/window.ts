import type { Rec } from '#core/plain.ts'

/** What a receipt cost, as the day's limits count it. Wei, never negative. */
export type Spend = {
  readonly id: string
  readonly atMs: number
  readonly lossWei: bigint
  readonly gasWei: bigint
  /** By market, its own share. */
  readonly repaid: readonly { readonly market: string; readonly wei: bigint }[]
}

export const dayMs = 86_400_000

/** Sums over the last 24 hours. The same id twice counts once, the later word standing (a reorg, a restart). */
export class Window {
  readonly #spends = new Map<string, Spend>()

  add(spend: Spend): void {
    this.#spends.set(spend.id, spend)
  }

  lossWei = (nowMs: number): bigint => this.#sum(nowMs, (spend) => spend.lossWei)
  gasWei = (nowMs: number): bigint => this.#sum(nowMs, (spend) => spend.gasWei)
  /** What a transaction repaid in that market, and not beside it. */
  repaidWei = (nowMs: number, market: string): bigint =>
    this.#sum(nowMs, (spend) => spend.repaid.reduce((sum, one) => sum + (one.market === market ? one.wei : 0n), 0n))

  /** What was repaid where most was. */
  mostRepaidWei = (nowMs: number): bigint => {
    const markets = new Set([...this.#spends.values()].flatMap(({ repaid }) => repaid.map(({ market }) => market)))
    return [...markets].reduce((most, market) => {
      const repaid = this.repaidWei(nowMs, market)
      return repaid > most ? repaid : most
    }, 0n)
  }

  #sum(nowMs: number, part: (spend: Spend) => bigint): bigint {
    let sum = 0n
    for (const spend of this.#spends.values()) {
      if (spend.atMs <= nowMs - dayMs) this.#spends.delete(spend.id)
      else sum += part(spend)
    }
    return sum
  }
}

/** As the journal has it; before shares were kept, all that a plan repaid was counted in each of its markets. */
export function spendOf(record: Rec): Spend {
  const { markets = [], repaidWei = 0n } = record as {
    readonly markets?: readonly string[]
    readonly repaidWei?: bigint
  }
  const { repaid = markets.map((market) => ({ market, wei: repaidWei })), ...rest } = record as unknown as Spend
  return { ...rest, repaid }
}
