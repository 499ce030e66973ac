import type { Address } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import type { Observe } from '../observe/observe.ts'
import { checkExecutor } from './preflight.ts'

/** What is checked before the start may change after it: an operator struck off, another sink proposed. */
const everyMs = 300_000

/** Looks at the executor again and again, beside everything else. @returns what ends it. */
export function watchExecutor(rpc: Rpc, config: Config, operators: readonly Address[], observe: Observe): () => void {
  if (config.executor === null) return () => undefined
  let isEnded = false
  const look = async (): Promise<void> => {
    try {
      const checks = await checkExecutor(rpc, config, operators)
      if (!isEnded) observe.executor(checks)
    } catch (error) {
      if (isEnded) return
      if (isKeeperError(error)) observe.rpcFault(error)
      else observe.failed(error)
    }
  }
  void look()
  const timer = setInterval(look, everyMs)
  return () => {
    isEnded = true
    clearInterval(timer)
  }
}
