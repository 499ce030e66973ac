import type { Address, Hex } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { Batch, Code } from './batch.ts'
import type { Signer } from './signer.ts'

/**
 * Reads the memory word at the offset it is called with, and stops. Memory is paid for by its square, so one cheap
 * instruction uses as much gas as is wanted: a block is full in a millisecond.
 */
const code: Code = { abi: [], bytecode: '0x635f3551005f526004601cf3' }
/** What a transaction of this kind costs before its memory, near enough. */
const BASE = 21_800n
/** The limit of EIP-7825, less a little. */
const MOST = 16_000_000n

export const deployTraffic = (batch: Batch): Address => batch.deploy(code).address

/** Gas that a block is to use in all; without it its target, so that the base fee stays. */
export type Traffic = (gas?: bigint) => Promise<void>

/** Everybody else: as many transactions as fill the next block up. */
export function trafficOf(rpc: Rpc, sink: Address, signer: Signer): Traffic {
  return async function fill(gas) {
    const next = (await rpc.request('eth_getBlockByNumber', ['pending', false])) as Record<string, string>
    const missing = (gas ?? BigInt(next.gasLimit ?? 0) / 2n) - BigInt(next.gasUsed ?? 0)
    if (missing < 100_000n) return
    const wanted = (missing < MOST ? missing : MOST) - BASE
    // 3 w + w²/512 gas for w words of memory.
    const words = Math.floor(256 * (Math.sqrt(9 + Number(wanted) / 128) - 3))
    const data = `0x${BigInt((words - 1) * 32)
      .toString(16)
      .padStart(64, '0')}` as Hex
    await signer.send({ to: sink, data, gas: wanted + 2n * BASE, tip: 1n })
    if (missing > MOST) await fill(gas)
  }
}
