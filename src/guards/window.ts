/** What a receipt cost, as the day's limits count it. Wei, never negative. */
export type Spend = {
  readonly id: string
  readonly atMs: number
  readonly lossWei: bigint
  readonly gasWei: bigint
  readonly repaidWei: bigint
  readonly markets: readonly string[]
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
  /** A plan over several markets counts in full in each. */
  repaidWei = (nowMs: number, market: string): bigint =>
    this.#sum(nowMs, (spend) => (spend.markets.includes(market) ? spend.repaidWei : 0n))

  #sum(nowMs: number, part: (spend: Spend) => bigint): bigint {
    let sum = 0n
    for (const spend of this.#spends.values()) {
      if (spend.atMs <= nowMs - dayMs) this.#spends.delete(spend.id)
      else sum += part(spend)
    }
    return sum
  }
}
