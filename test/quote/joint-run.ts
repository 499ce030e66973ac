import { seeded } from '../../sandbox/uniswap-chain.ts'
import { quote } from '../../src/quote/plan.ts'
import { exhaustive } from './exhaustive.ts'
import { randomCase } from './random-case.ts'
import { requestOf, sellableOf, W } from './stub.ts'

// node test/quote/joint-run.ts <seed> <cases> <positions> <sizes>
const [seed = 1, cases = 20, positions = 2, sizes = 20] = process.argv.slice(2).map(Number)
let below = 0
let worst = 0
let better = 0
let millis = 0
let slowest = 0
const ratios: number[] = []
for (let i = 0; i < cases; i += 1) {
  const one = randomCase(seeded(seed * 1_000 + i), positions)
  const started = performance.now()
  const { plans, skips } = quote(requestOf(one.stubs, one.pools, one))
  const took = performance.now() - started
  millis += took
  slowest = Math.max(slowest, took)
  const net = plans.reduce((sum, plan) => sum + plan.sum.net, 0n)
  if (plans.some((plan) => plan.sum.net < 0n)) process.stdout.write(`case ${i}: negative\n`)
  const reference = exhaustive({
    ...one,
    sellables: one.stubs.map(sellableOf),
    wrapped: W,
    sizes,
    orders: positions > 3 ? 'one' : 'all',
  })
  const gap = Number(reference.net - net)
  if (reference.net > net) {
    below += 1
    const share = gap / Number(reference.net)
    worst = Math.max(worst, share)
    process.stdout.write(
      `case ${i}: ${net} < ${reference.net} (${share.toExponential(2)}) plans ${plans.length} skips ${skips.map(({ reason }) => reason)}\n`,
    )
  } else if (net > reference.net) {
    better += 1
    ratios.push(Number(net) / Math.max(1, Number(reference.net)))
  }
}
ratios.sort((a, b) => a - b)
process.stdout.write(
  `below ${below} of ${cases}, worst ${worst.toExponential(2)}; better ${better}, median ${ratios[ratios.length >> 1]}; ${(millis / cases).toFixed(1)} ms mean, ${slowest.toFixed(1)} ms slowest\n`,
)
