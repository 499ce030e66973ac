import type { Report } from '../../src/backtest/report.ts'

/** What an example's report comes down to: shares in basis points, amounts in wei as decimal strings. */
export function figuresOf({ tiers, parity, forced, faults }: Report) {
  const { there, captured, captureBps, recallBps, net, bids, misses, acts, liquidations } = tiers.committed
  const proofs = acts.flatMap(({ proof }) => (proof?.status === 'included' ? [proof] : []))
  const counts = (of: typeof misses): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(of).map(([reason, miss]) => [reason, miss?.count ?? 0]))
  return {
    rivals: new Set(liquidations.map(({ winner }) => winner.from)).size,
    ...{ there, captured, captureBps, recallBps, net, bids, misses: counts(misses) },
    hinted: {
      captured: tiers.hinted.captured,
      captureBps: tiers.hinted.captureBps,
      net: tiers.hinted.net,
      misses: counts(tiers.hinted.misses),
    },
    proven: proofs.length,
    /** Of the proven, those that gained what was foreseen, to the wei. */
    exact: proofs.filter(({ differs }) => !differs.some((one) => one.of === 'gained')).length,
    parity: parity.length,
    forced: { asked: forced.length, paid: forced.filter(({ outcome }) => outcome === 'paid').length },
    faults: faults.length,
  }
}
