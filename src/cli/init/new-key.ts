import { randomBytes } from 'node:crypto'
import { Wallet } from 'ethers'
import type { Files } from './write-files.ts'

/** A key of its own for one keeper: its keystore, and the password that opens it, each for its owner alone to read. */
export async function newKey(): Promise<{ readonly address: string; readonly files: Files }> {
  const wallet = new Wallet(Wallet.createRandom().privateKey)
  const password = randomBytes(24).toString('base64url')
  return {
    address: wallet.address,
    files: {
      'operator.json': `${await wallet.encrypt(password)}\n`,
      'operator.password': `${password}\n`,
    },
  }
}
