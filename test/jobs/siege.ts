import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { randomOf } from '../../sandbox/random.ts'

export type Siege = {
  readonly seed: number
  /** Told `{ role, ...start }`; a coordinator says `{ progress }` with each job done, and `{ result }` at its end. */
  readonly module: URL
  readonly start: object
  /** Processes that join, beside the coordinator. */
  readonly workers: number
  readonly killsMost: number
  /** That a job done is followed by a kill. */
  readonly chance: number
}
export type Outcome = { readonly result: string; readonly killed: Readonly<Record<Victim, number>> }
export type Victim = 'coordinator' | 'worker' | 'child' | 'stopped'

/** A coordinator and workers of which somebody is killed, or stopped, now and then; they are started again each time. */
export async function siege({ seed, module, start, workers, killsMost, chance }: Siege): Promise<Outcome> {
  const random = randomOf(seed)
  const killed: Record<Victim, number> = { coordinator: 0, worker: 0, child: 0, stopped: 0 }
  const all = new Set<ChildProcess>()
  const begin = (role: string): ChildProcess => {
    const born = fork(module, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
    all.add(born)
    born.send({ role, ...start })
    return born
  }
  const joined = Array.from({ length: workers }, () => begin('worker'))
  const seen = new Set<string>()
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      let coordinator: ChildProcess | null = null
      const lead = (): void => {
        const born = begin('coordinator')
        coordinator = born
        born.on('message', (message) => {
          const word = message as { progress?: string; result?: string; failure?: string }
          if (word.result !== undefined) resolve({ result: word.result, killed })
          if (word.failure !== undefined) reject(new Error(word.failure))
          if (word.progress === undefined || seen.has(word.progress)) return
          seen.add(word.progress)
          const count = Object.values(killed).reduce((sum, some) => sum + some, 0)
          if (count < killsMost && random.chance(chance)) strike()
        })
      }
      const strike = (): void => {
        const victim = random.one(['coordinator', 'worker', 'child', 'stopped'] as const)
        const at = random.whole(0, joined.length - 1)
        const worker = joined[at]
        if (coordinator === null || worker === undefined) return
        killed[victim] += 1
        if (victim === 'child') {
          const parent = random.one([coordinator, worker])
          for (const pid of childrenOf(parent)) if (random.chance(0.7)) end(pid)
        } else if (victim === 'coordinator') {
          coordinator.kill('SIGKILL')
          lead()
        } else {
          worker.kill(victim === 'stopped' ? 'SIGSTOP' : 'SIGKILL')
          joined[at] = begin('worker')
        }
      }
      lead()
    })
  } finally {
    for (const one of all) one.kill('SIGKILL')
  }
}

function childrenOf({ pid }: ChildProcess): readonly number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map(Number)
  } catch {
    // None.
    return []
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
