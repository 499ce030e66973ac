import type { Command } from 'commander'
import { Interface } from 'ethers'
import { erc20Abi } from '#abis/erc20.ts'
import { executorAbi } from '#abis/executor.ts'
import { type Address, address, checksummed, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { UINT256_MAX } from '#core/numbers.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { configOptions, type Loaded, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { toJson } from './json.ts'
import { type OwnKeyOptions, ownKey, ownKeyOptions } from './own-key.ts'
import { preflight } from './preflight.ts'
import { sendCall } from './send-call.ts'
import { etherText } from './table.ts'

const help = `
Sends what stands in the executor to its sink; there is no other way out for it. Shows what is there; --yes moves it.
With an operator's key the keeper must be stopped first, since both would use the same nonces; the owner's key can be
used at any time.

Examples:
  plimsoll withdraw                          the wrapped native token and native currency
  plimsoll withdraw --token 0x… --yes        another token too
  plimsoll withdraw --keystore ./owner.json --yes`

type Options = OwnKeyOptions & { readonly token: readonly string[]; readonly yes?: boolean; readonly json?: boolean }
type Held = { readonly token: Address; readonly amount: bigint }

/** `plimsoll withdraw` */
export function addWithdraw(program: Command, context: Context): void {
  const command = program
    .command('withdraw')
    .description('move profits from the executor to its sink')
    .option('--token <address>', 'a further token; may be given several times', collect, [])
    .option('--yes', 'move it, rather than show')
    .option('--json', 'one JSON object')
  ownKeyOptions(configOptions(command))
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const loaded = await loadFrom(options as unknown as Record<string, unknown>, context)
      await withdraw(options, loaded, context)
    })
}

const collect = (one: string, all: readonly string[]): readonly string[] => [...all, one]
const executorInterface = new Interface(executorAbi)
const tokenInterface = new Interface(erc20Abi)

async function withdraw(options: Options, loaded: Loaded, context: Context): Promise<void> {
  const { config } = loaded
  const { executor, chain } = config
  if (executor === null)
    throw new KeeperError('bad-config', `${config.where('executor')}: executor is missing: write what is to be emptied`)
  const rpc = openRpc(chain.rpc)
  // To where, and of what contract, must be known; what else it may do is of no matter to what is to leave it.
  await preflight(rpc, config, [], ({ name }) => name === 'executor code' || name === 'executor sink')
  const tokens = [...new Set([ZERO_ADDRESS, chain.wrappedNative, ...options.token.map((one) => address(one))])]
  const held = (await Promise.all(tokens.map((token) => balanceOf(rpc, token, executor.address)))).filter(
    ({ amount }) => amount > 0n,
  )
  for (const { token, amount } of held) context.say(`${amountOf(token, amount, chain.wrappedNative)}\n`)
  if (held.length === 0) context.say('nothing stands in the executor\n')
  const isMoving = options.yes === true && held.length > 0
  if (held.length > 0 && !isMoving) context.say('Nothing was sent. Add --yes to move it to the sink.\n')
  const moved = isMoving ? await move(held, executor, rpc, options, loaded, context) : []
  const shown = held.map(({ token, amount }) => ({
    token: token === ZERO_ADDRESS ? 'native' : checksummed(token),
    amount,
  }))
  if (options.json === true) context.out(`${toJson({ sink: checksummed(executor.sink), held: shown, moved }, 2)}\n`)
}

async function move(
  held: readonly Held[],
  { address: executor, sink }: NonNullable<Config['executor']>,
  rpc: Rpc,
  options: Options,
  loaded: Loaded,
  context: Context,
): Promise<readonly Hex[]> {
  const { key, release } = await ownKey(options, loaded, context)
  try {
    const hashes: Hex[] = []
    for (const { token, amount } of held) {
      // All of it, whatever came in meanwhile.
      const data = executorInterface.encodeFunctionData('withdraw', [token, UINT256_MAX]) as Hex
      const { transactionHash } = await sendCall(rpc, key.wallet(), executor, data, { chainId: loaded.config.chain.id })
      const what = amountOf(token, amount, loaded.config.chain.wrappedNative)
      context.say(`${what} moved to ${checksummed(sink)}: ${transactionHash}\n`)
      hashes.push(transactionHash)
    }
    return hashes
  } finally {
    release()
  }
}

async function balanceOf(rpc: Rpc, token: Address, of: Address): Promise<Held> {
  if (token === ZERO_ADDRESS)
    return { token, amount: BigInt((await rpc.request('eth_getBalance', [of, 'latest'])) as string) }
  const data = tokenInterface.encodeFunctionData('balanceOf', [of])
  const answer = (await rpc.request('eth_call', [{ to: token, data }, 'latest'])) as string
  if (answer.length !== 66)
    throw new KeeperError('bad-argument', `${checksummed(token)} is no token: check the address given with --token`)
  return { token, amount: BigInt(answer) }
}

function amountOf(token: Address, amount: bigint, wrapped: Address): string {
  if (token === ZERO_ADDRESS) return `${etherText(amount)} ether`
  if (token === wrapped) return `${etherText(amount)} of the wrapped native token`
  return `${amount} smallest units of ${checksummed(token)}`
}
