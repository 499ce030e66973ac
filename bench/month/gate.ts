import type { Growing } from './growing-rpc.ts'

/** Between a chain that is made and whoever wants its blocks: it is made as far as it is wanted, and not further. */
export type Gate = Growing & {
  /** Told of each new block by the chain's maker, who goes on when more is wanted. */
  readonly onBlock: (number: number, isQuiet: boolean) => Promise<void>
  /** All the rest is wanted. */
  readonly open: () => void
  /** The maker has died of it, and so does whoever waits. */
  readonly fail: (error: unknown) => void
}

export function createGate(): Gate {
  let head = 0
  let since = 0
  let wanted = 0
  let goOn: () => void = () => undefined
  let failed: { readonly error: unknown } | null = null
  let waiting: { readonly block: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    []
  return {
    head: () => head,
    reach: (block) =>
      new Promise((resolve, reject) => {
        if (failed !== null) reject(failed.error)
        else if (block <= head) resolve()
        else {
          waiting.push({ block, resolve, reject })
          wanted = Math.max(wanted, block)
          goOn()
        }
      }),
    stillSince: () => since,
    onBlock: async (number, isQuiet) => {
      if (!isQuiet) since = number
      head = number
      for (const one of waiting) if (one.block <= head) one.resolve()
      waiting = waiting.filter(({ block }) => block > head)
      while (wanted <= head)
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
    },
    open: () => {
      wanted = Number.POSITIVE_INFINITY
      goOn()
    },
    fail: (error) => {
      failed = { error }
      for (const { reject } of waiting) reject(error)
      waiting = []
    },
  }
}
