/** About once in two seconds. */
export function nowAndThen(say: (text: string) => void): (what: string, done: number, total: number) => void {
  let saidMs = 0
  return (what, done, total) => {
    if (Date.now() - saidMs < 2_000) return
    saidMs = Date.now()
    say(`${what}: ${done} of ${total}\n`)
  }
}
