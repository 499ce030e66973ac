import { address } from '#core/address.ts'
import { RAY, WAD } from '#core/numbers.ts'
import type { Ilk, System } from '../../records.ts'

const at = (digit: string) => address(`0x${digit.repeat(40)}`)
const rad = (dollars: bigint): bigint => dollars * WAD * RAY

export const system: System = {
  ...{ kind: 'system', dog: at('1'), vat: at('2'), spotter: at('3'), daiJoin: at('4'), dai: at('5') },
  ...{ ilkRegistry: at('6'), par: RAY, hole: rad(1_000n), dirt: 0n, isLive: true },
}

/** The collateral of dss's clip.t.sol: chop 10 %, dust 20, hole 1,000. */
export const gold: Ilk = {
  ...{ kind: 'ilk', ilk: `0x${'67'.repeat(32)}`, clip: at('7'), calc: at('8'), gem: at('9'), gemJoin: at('a') },
  curve: { shape: 'stair', step: 1n, cut: (99n * RAY) / 100n },
  decimals: 18,
  ...{ rate: RAY, spot: 2n * RAY, mat: 2n * RAY, dust: rad(20n), hole: rad(1_000n), dirt: 0n },
  ...{ chop: (11n * WAD) / 10n, buf: (5n * RAY) / 4n, tail: 3_600n, cusp: (3n * RAY) / 10n, chip: 0n, tip: 0n },
  ...{ stopped: 0n, kicks: 0n, pip: at('b'), source: 'feed', current: null, next: null },
  ...{ since: 0, hop: 0, isStopped: false },
}
