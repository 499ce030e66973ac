import type { Address } from '#core/address.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { type Parsed, tipAt } from './parsed.ts'

/** What the block holds so far, of what decides whether a transaction may come next. */
export type Accounts = {
  readonly nonces: ReadonlyMap<Address, number>
  /** Wei left to each if all its transactions cost all they may. */
  readonly balances: ReadonlyMap<Address, bigint>
}

/** Read from the head for all the senders at once. */
export async function accountsOf(rpc: Rpc, senders: readonly Address[], state: string = 'latest'): Promise<Accounts> {
  const each = [...new Set(senders)]
  const ask = (method: string) => each.map((one) => ({ method, params: [one, state] }))
  const answers = await rpc.batch([...ask('eth_getTransactionCount'), ...ask('eth_getBalance')])
  return {
    nonces: new Map(each.map((one, index) => [one, Number(answers[index])])),
    balances: new Map(each.map((one, index) => [one, BigInt(String(answers[each.length + index]))])),
  }
}

/**
 * The accounts after the transactions, or why one of them cannot be included. anvil's `eth_simulateV1` does not look
 * at nonces, fees and balances even when told to validate, so it is done here.
 */
export function admit(accounts: Accounts, transactions: readonly Parsed[], baseFee: bigint): Accounts | string {
  const nonces = new Map(accounts.nonces)
  const balances = new Map(accounts.balances)
  for (const one of transactions) {
    const nonce = nonces.get(one.from) ?? 0
    const named = `${one.hash}: address ${one.from}, tx: ${one.nonce} state: ${nonce}`
    if (one.nonce < nonce) return `nonce too low: ${named}`
    if (one.nonce > nonce) return `nonce too high: ${named}`
    if (tipAt(one, baseFee) < 0n) return `max fee per gas less than block base fee: ${one.hash}`
    const balance = (balances.get(one.from) ?? 0n) - one.gas * one.maxFee - one.value
    if (balance < 0n) return `insufficient funds for gas * price + value: ${one.hash}`
    nonces.set(one.from, nonce + 1)
    balances.set(one.from, balance)
  }
  return { nonces, balances }
}
