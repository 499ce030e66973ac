import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createAdmission } from '../../src/console/admission.ts'

const token = 'a-token-that-nobody-can-guess-0123456789'

describe('who may ask a console', () => {
  it('shares a server that others reach with this machine alone', () => {
    const settings = { token, read: 'token', hosts: [], now: Date.now } as const
    const from = (remoteAddress: string) =>
      ({
        socket: { remoteAddress },
        headers: { host: '10.0.0.1', authorization: `Bearer ${token}` },
      }) as unknown as IncomingMessage
    const shared = createAdmission({ ...settings, isLocalOnly: true })
    const ownPort = createAdmission({ ...settings, isLocalOnly: false })
    for (const address of ['10.0.0.2', '::ffff:10.0.0.2', 'fe80::1', '128.0.0.1']) {
      expect(shared.toPage(from(address))?.status, address).toBe(403)
      expect(shared.toRead(from(address))?.status, address).toBe(403)
      expect(ownPort.toRead(from(address)), address).toBeNull()
    }
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect(shared.toRead(from(address)), address).toBeNull()
  })
})
