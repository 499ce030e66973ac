import { describe, expect, it } from 'vitest'
import type { Rpc } from '../../src/chain/rpc.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { concentrationOf } from '../../src/study/concentration.ts'
import { draftText } from '../../src/study/draft.ts'
import { knownChains } from '../../src/study/known-chains.ts'
import { presetsOn } from '../../src/study/presets-on.ts'

/** A node on which there is code everywhere but at these. */
const nodeWithout = (...bare: readonly string[]): Rpc =>
  ({
    batch: async (asks: readonly { readonly params: readonly unknown[] }[]) =>
      asks.map(({ params: [of] }) => (bare.includes(String(of).toLowerCase()) ? '0x' : '0x60')),
  }) as unknown as Rpc

describe('the presets of a chain', () => {
  it('are a configuration that holds, on every chain that is known', async () => {
    const registry = await discover()
    for (const [chainId, chain] of knownChains) {
      const entries = await presetsOn(nodeWithout(), registry, chain.name)
      const text = draftText({ chainId, ...chain, hubs: [], entries, notes: ['a note'] })
      const config = loadConfig({ file: null, text, env: { RPC_URL: 'http://127.0.0.1:1' }, flags: {}, registry })
      expect(config.protocols.length, chain.name).toBeGreaterThan(0)
      expect(config.protocols).toHaveLength(entries.protocols.length)
      expect(config.chain).toMatchObject({ id: chainId, wrappedNative: chain.wrappedNative })
      expect(config.submission.dryRun).toBe(true)
    }
  })

  it('are those whose contracts are all there', async () => {
    const registry = await discover()
    const labels = async (rpc: Rpc) =>
      (await presetsOn(rpc, registry, 'base')).protocols.map(({ name, entry }) => `${name}:${entry}`)
    const all = await labels(nodeWithout())
    const fewer = await labels(nodeWithout('0xe20fcbdbffc4dd138ce8b2e6fbb6cb49777ad64d'))
    expect(all).toContain('aave-v3:base')
    expect(all.filter((label) => !fewer.includes(label))).toEqual(['aave-v3:base'])
  })
})

describe('how few win', () => {
  it('is told in bps, and squared', () => {
    expect(concentrationOf([])).toBeNull()
    expect(concentrationOf([7n])).toEqual({ top1Bps: 10_000n, top3Bps: 10_000n, hhi: 10_000n })
    expect(concentrationOf([1n, 1n, 1n, 1n])).toEqual({ top1Bps: 2_500n, top3Bps: 7_500n, hhi: 2_500n })
  })
})
