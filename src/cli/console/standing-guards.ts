import { killFile } from '../../guards/kill-file.ts'
import type { OpenKeeper } from '../open-keeper.ts'

/** What an operator must close, and the kill file, which holds back before any plan has met it. */
export function standingGuards(path: string, opened: OpenKeeper | null): readonly object[] {
  const tripped = opened?.guards.state() ?? []
  const kill = tripped.some(({ name }) => name === 'kill') ? null : killFile(path).read()
  return [...tripped, ...(kill === null ? [] : [{ name: 'kill', sinceMs: Math.floor(kill.sinceMs), detail: kill.why }])]
}
