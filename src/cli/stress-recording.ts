import type { Asset } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Range } from '../backtest/history-world.ts'
import { mirrorAt } from '../backtest/mirror-at.ts'
import type { Config } from '../config/config.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Modules } from '../engine/modules.ts'
import { tokensIn } from '../engine/tokens-in.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording, type RecordingHead } from '../recording/recording.ts'
import type { Head } from '../scene/next-block.ts'
import { backtestSetup } from './backtest-of.ts'
import type { TokenText } from './read-tokens.ts'
import { tokensAt } from './tokens-at.ts'

/** What a stress test stands on. */
export type Stood = {
  readonly mirror: Mirror
  readonly head: Head
  readonly tokens: ReadonlyMap<Asset, TokenText>
}

/**
 * The book behind a block of a recording, as its backtest has it there. `block`: its last where it is `null`.
 * @throws `bad-argument`: it has no such block. `chain-mismatch`. `not-recorded`: it was made with another configuration.
 */
export async function recordedBook(
  file: string,
  block: number | null,
  config: Config,
  alter: (modules: Modules) => Modules,
  say: (text: string) => void,
): Promise<Stood> {
  const recording = openRecording(file)
  try {
    const { head } = recording
    if (head.chainId !== config.chain.id)
      throw new KeeperError('chain-mismatch', `${file} is of chain ${head.chainId}, and chain.id is ${config.chain.id}`)
    const at = block ?? head.to
    if (at < head.from - 1 || at > head.to)
      throw new KeeperError('bad-argument', `--block ${at}: ${file} has blocks ${head.from - 1} to ${head.to}`)
    const rpc = recordedRpc(recording)
    const chunk = chunkWith(head, at)
    const setup = backtestSetup(config)
    const { mirror, head: newest } = await mirrorAt({
      ...{ rpc, chunk, block: at },
      setup: { ...setup, modules: () => alter(setup.modules()) },
      onBlock: nowAndThen(chunk, at, say),
    })
    const texts = await tokensAt(rpc, head.to, [...tokensIn(mirror, config.chain.wrappedNative)].sort())
    return { mirror, head: newest, tokens: new Map(Object.entries(texts) as [Asset, TokenText][]) }
  } finally {
    recording.close()
  }
}

/** The chunk whose blocks lead to it: recorded from a book that was read anew before its first. */
function chunkWith({ from, to, chunkBlocks }: RecordingHead, at: number): Range {
  const first = from + Math.max(0, Math.floor((at - from) / chunkBlocks)) * chunkBlocks
  return { from: first, to: Math.min(to, first + chunkBlocks - 1) }
}

/** About once a second. */
function nowAndThen({ from }: Range, to: number, say: (text: string) => void): (block: number) => void {
  let saidMs = 0
  return (block) => {
    if (Date.now() - saidMs < 1_000) return
    saidMs = Date.now()
    say(`blocks: ${block - from + 1} of ${to - from + 1}\n`)
  }
}
