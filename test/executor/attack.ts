import { afterAll, expect, it } from 'vitest'

const listed: string[] = []
const width = 78

/**
 * One attack, as a test: `run` says what it came to, and that must match. The list of all of them is printed at the
 * end of the file that names them.
 */
export function attack(name: string, run: () => Promise<string>, comesTo: RegExp): void {
  it(name, async () => {
    const found = await run()
    expect(found).toMatch(comesTo)
    listed.push(`  ${name.padEnd(width)} ${found.length > 60 ? `${found.slice(0, 57)}...` : found}`)
  })
}

export function printAttacks(title: string): void {
  afterAll(() => {
    process.stdout.write(`${title}: ${listed.length} attacks, none succeeded\n${listed.join('\n')}\n`)
  })
}
