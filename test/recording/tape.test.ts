import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { KeeperError } from '#core/error.ts'
import { type Ask, RefusedError } from '../../src/chain/rpc.ts'
import { chainStart, encodeFrame, magic, recordsOf } from '../../src/recording/frames.ts'
import { recordedRpc } from '../../src/recording/recorded-rpc.ts'
import { openRecording, openTape } from '../../src/recording/recording.ts'
import { tapedRpc } from '../../src/recording/taped-rpc.ts'
import { revert, scriptedRpc } from './scripted-rpc.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tape-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const head = { chainId: 1, from: 100, to: 120, chunkBlocks: 10 }
let files = 0
const fresh = (): string => join(folder, `${++files}.tape`)
const hashAt = (number: number): string => `0x${number.toString(16).padStart(64, '0')}`
const call = (data: string, block: unknown = '0x6e'): Ask => ({
  method: 'eth_call',
  params: [{ to: '0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaa', data }, block],
})

const node = () =>
  scriptedRpc(({ method, params }) => {
    if (method === 'eth_getBlockByNumber') {
      const number = Number(params[0])
      const transactions = params[1] === true ? [{ hash: hashAt(9), value: '0x1' }] : [hashAt(9)]
      return { number: `0x${number.toString(16)}`, hash: hashAt(number), transactions }
    }
    if (method === 'eth_call' && (params[0] as { data: string }).data === '0xbad0') return revert(method)
    return `0x${method.length.toString(16).padStart(64, '0')}`
  })

async function recorded(asks: readonly Ask[], path = fresh()): Promise<string> {
  const tape = openTape(path, head)
  const rpc = tapedRpc(node(), tape)
  for (const { method, params } of asks) await rpc.request(method, params).catch(() => null)
  tape.finish()
  tape.close()
  return path
}

const codeOf = (run: () => unknown): KeeperError | null => {
  try {
    run()
    return null
  } catch (error) {
    return error as KeeperError
  }
}

describe('a recording', () => {
  it('answers what was answered, a refusal too, and asks nobody', async () => {
    const rpc = recordedRpc(openRecording(await recorded([call('0x01'), call('0xbad0')])))
    expect(await rpc.request('eth_call', call('0x01').params)).toBe(`0x${'8'.padStart(64, '0')}`)
    const refusal = await rpc.request('eth_call', call('0xbad0').params).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RefusedError)
    expect(refusal).toMatchObject({ rpcCode: 3, data: '0xdead', message: 'eth_call: execution reverted' })
    const [same, other] = await rpc.batch([call('0x01'), call('0x02')])
    expect(same).toBe(`0x${'8'.padStart(64, '0')}`)
    expect(other).toMatchObject({ code: 'not-recorded' })
    expect((other as Error).message).toContain('eth_call at block 110 is not recorded')
  })

  it('knows a question however it is written', async () => {
    const path = await recorded([
      { method: 'eth_getBlockByNumber', params: ['0x6e', true] },
      call('0x01', '0x06e'),
      { method: 'eth_getStorageAt', params: ['0xAb', '0x1', 'latest'] },
    ])
    const rpc = recordedRpc(openRecording(path))
    const { to, data } = call('0x01').params[0] as { to: string; data: string }
    for (const block of ['0x6e', { blockHash: hashAt(110) }, { blockNumber: '0x6e' }])
      expect(await rpc.request('eth_call', [{ data, to: to.toLowerCase() }, block])).toHaveLength(66)
    expect(await rpc.request('eth_getBlockByHash', [hashAt(110), false])).toMatchObject({ transactions: [hashAt(9)] })
    expect(await rpc.request('eth_getStorageAt', ['0xab', `0x${'1'.padStart(64, '0')}`, '0x78'])).toHaveLength(66)
    expect(await rpc.request('eth_blockNumber', [])).toBe('0x78')
    expect(await rpc.request('eth_chainId', [])).toBe('0x1')
  })

  it('keeps equal answers once', async () => {
    const recording = openRecording(await recorded(Array.from({ length: 50 }, (_, at) => call(`0x${at}0`))))
    expect(recording.size()).toMatchObject({ asks: 50, answers: 1 })
    expect([...recording.entries()]).toHaveLength(50)
  })

  it('is the same file for the same answers', async () => {
    const asks = [call('0x01'), call('0x02'), call('0xbad0')]
    const [one, two] = [await recorded(asks), await recorded(asks)]
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    expect(openRecording(one).digest()).toBe(openRecording(two).digest())
  })

  it('goes on where it was broken off, and asks nothing twice', async () => {
    const path = fresh()
    const tape = openTape(path, head)
    await tapedRpc(node(), tape).batch([call('0x01'), call('0x02')])
    tape.flush()
    const whole = readFileSync(path).length
    await tapedRpc(node(), tape).batch([call('0x03')])
    tape.flush()
    tape.close()
    truncateSync(path, whole + 20)
    expect(codeOf(() => openRecording(path))).toMatchObject({ code: 'bad-record' })
    const again = openTape(path, head)
    const upstream = node()
    await tapedRpc(upstream, again).batch([call('0x01'), call('0x02'), call('0x03')])
    expect(upstream.asked).toEqual([expect.objectContaining({ params: expect.arrayContaining(['0x6e']) })])
    again.finish()
    again.close()
    expect(openRecording(path).size()).toMatchObject({ asks: 3 })
    expect(codeOf(() => openTape(path, { ...head, to: 130 }))).toMatchObject({ code: 'bad-argument' })
    truncateSync(path, 20)
    openTape(path, head).close()
    expect(codeOf(() => openRecording(path))?.message).toContain('ends before it is finished')
  })
})

/** Every frame opened, changed and packed anew as a recording packs it; the records' own checksums are left as they were. */
function alter(path: string, change: (plain: Buffer) => void): void {
  const bytes = readFileSync(path)
  const records = recordsOf(path, () => '')
  let next = records.next()
  while (next.done !== true) next = records.next()
  const { frames } = next.value
  const out: Buffer[] = [bytes.subarray(0, magic.length)]
  let digest = chainStart.digest
  for (const { at, packed } of frames) {
    const plain = zstdDecompressSync(bytes.subarray(at + 40, at + 40 + packed))
    change(plain)
    const frame = encodeFrame(plain, digest)
    out.push(frame.bytes)
    digest = frame.digest
  }
  writeFileSync(path, Buffer.concat(out))
}

describe('an altered recording', () => {
  it('is refused wherever a byte was changed', async () => {
    const path = await recorded([call('0x01'), call('0x02', '0x70'), call('0xbad0', '0x71')])
    const bytes = readFileSync(path)
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8((changed.readUInt8(at) ^ 0x41) & 255, at)
      writeFileSync(path, changed)
      expect(
        codeOf(() => openRecording(path)),
        `byte ${at}`,
      ).toMatchObject({ code: 'bad-record' })
    }
  })

  it('names the record, where somebody packed it anew', async () => {
    const path = await recorded([call('0x01'), call('0x02', '0x70'), call('0xbad0', '0x71')])
    alter(path, (plain) => void (plain.includes('dead') && plain.write('1', plain.indexOf('dead'))))
    expect(codeOf(() => openRecording(path))?.message).toContain('eth_call at block 113 is altered (checksum)')
  })

  it('is refused where it is cut, at any byte', async () => {
    const path = await recorded([call('0x01'), call('0x02', '0x70')])
    const bytes = readFileSync(path)
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(path, bytes.subarray(0, length))
      expect(
        codeOf(() => openRecording(path)),
        `${length} bytes`,
      ).toMatchObject({ code: 'bad-record' })
    }
  })
})
