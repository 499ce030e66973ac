import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { type Condition, parseCondition } from '../stress/fail-if.ts'
import { parseShock, type Scenario } from '../stress/shock.ts'
import { blockNumber } from './recording-options.ts'

export type StressOptions = {
  readonly shock: readonly string[]
  readonly depeg: readonly string[]
  readonly steps: string
  readonly gas?: string
  readonly liquidity?: string
  readonly recovery: string
  readonly deviation: string
  readonly failIf: readonly string[]
  readonly seed: string
  readonly sandbox?: boolean
  readonly recording?: string
  readonly block?: string
  readonly json?: boolean
  readonly svg?: string
}

export type Asked = {
  readonly scenario: Scenario
  readonly baseFee: bigint | null
  /** Of every pool's liquidity, what is left. */
  readonly liquidity: number
  readonly conditions: readonly Condition[]
  readonly seed: number
  /** Of a recording; `null`: its last. */
  readonly block: number | null
}

/** Where neither a shock nor a depeg is given. */
const usual = ['ETH=-30%']

/** @throws `bad-argument`, with what the flag takes. */
export function askedOf(options: StressOptions): Asked {
  if (options.svg !== undefined && !existsSync(dirname(options.svg)))
    throw new KeeperError('bad-argument', `--svg ${options.svg}: name a file in a folder that is there`)
  if (options.block !== undefined && options.recording === undefined)
    throw new KeeperError('bad-argument', `--block ${options.block}: give --recording with the file that has it`)
  if (options.sandbox === true && options.recording !== undefined)
    throw new KeeperError('bad-argument', 'give --sandbox or --recording, not both')
  const isUnnamed = options.shock.length + options.depeg.length === 0
  return {
    scenario: {
      shocks: (isUnnamed ? usual : options.shock).map(parseShock),
      depegs: options.depeg.map(parseShock),
      steps: within('--steps', options.steps, 1, 100, true),
      recovery: within('--recovery', options.recovery, 0, 1),
      deviation: within('--deviation', options.deviation.replace(/%$/, ''), 0, 50) / 100,
    },
    baseFee: options.gas === undefined ? null : BigInt(Math.round(within('--gas', options.gas, 0, 1_000_000) * 1e9)),
    liquidity: options.liquidity === undefined ? 1 : 1 + percentIn('--liquidity', options.liquidity),
    conditions: options.failIf.map(parseCondition),
    block: options.block === undefined ? null : blockNumber(options.block),
    seed: within('--seed', options.seed, 0, 999_999_999, true),
  }
}

function within(flag: string, text: string, from: number, to: number, isWhole = false): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= from && value <= to && (!isWhole || Number.isInteger(value))) return value
  throw new KeeperError(
    'bad-argument',
    `${flag} ${text}: give a ${isWhole ? 'whole ' : ''}number from ${from} to ${to}`,
  )
}

/** A share above -1. */
function percentIn(flag: string, text: string): number {
  const share = Number(/^([+-]?\d+(?:\.\d+)?)%$/.exec(text)?.[1]) / 100
  if (share > -1) return share
  throw new KeeperError('bad-argument', `${flag} ${text}: give a percentage above -100, such as -50%`)
}
