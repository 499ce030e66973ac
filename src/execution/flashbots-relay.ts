import { FlashbotsBundleProvider } from '@flashbots/ethers-provider-bundle'
import { FetchRequest, JsonRpcProvider } from 'ethers'
import { checksummed } from '#core/address.ts'
import type { Signer } from '#core/signer.ts'
import { acceptance, doubt, type Relay, type RelayAnswer, refusal } from './relay.ts'
import { signMessage } from './relay-header.ts'
import { relayTimeoutMs, signedRelay } from './signed-relay.ts'

/**
 * The Flashbots relay through its own library. `auth` signs the request header and nothing else: it is the searcher's
 * reputation, never the key that holds money.
 */
export async function flashbotsRelay(options: {
  readonly name: string
  readonly url: string
  readonly nodeUrl: string
  readonly chainId: number
  readonly auth: Signer
}): Promise<Relay> {
  const { name, url, nodeUrl, chainId, auth } = options
  const node = new JsonRpcProvider(nodeUrl, chainId, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 })
  // The library's types load ethers' CommonJS copy, whose classes TypeScript holds to be others.
  type Create = (node: unknown, auth: unknown, url: FetchRequest, network: unknown) => Promise<FlashbotsBundleProvider>
  const create = FlashbotsBundleProvider.create.bind(FlashbotsBundleProvider) as unknown as Create
  const connection = new FetchRequest(url)
  connection.timeout = relayTimeoutMs
  // Of a signer the library asks these two.
  const identity = {
    getAddress: async () => checksummed(auth.address),
    signMessage: async (text: string) => signMessage(auth, text),
  }
  const provider = await create(node, identity, connection, { chainId, name: 'private' })
  return {
    name,
    sendBundle: (raw, block) =>
      heard(async () => {
        // It hashes and asks in its own time: what goes to the others is written to their sockets first.
        await new Promise(setImmediate)
        return answerOf(await provider.sendRawBundle([...raw], block))
      }),
    // The library writes the last block as a number where the relay takes hex.
    sendPrivate: signedRelay({ name, url, auth }).sendPrivate,
  }
}

type LibraryAnswer = { readonly error?: { readonly message: string }; readonly bundleHash?: string }
function answerOf(answer: unknown): RelayAnswer {
  const { error, bundleHash } = answer as LibraryAnswer
  return error === undefined ? acceptance(bundleHash ?? 'accepted') : refusal(error.message)
}

async function heard(send: () => Promise<RelayAnswer>): Promise<RelayAnswer> {
  try {
    return await send()
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).replace(/ \(URL: [^)]*\)/, '')
    return /status 4\d\d/.test(words) ? refusal(words) : doubt(words)
  }
}
