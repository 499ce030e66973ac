import { checksummed } from '#core/address.ts'
import type { Answers } from './answers.ts'
import { settingsDocument } from './settings-document.ts'

/** `plimsoll.yaml`: the base, with what was asked set in it. */
export function configurationText({ base, key, executor, via, relays, limits }: Answers, isNewKey: boolean): string {
  const document = settingsDocument(base)
  const operator = isNewKey ? { keystore: './operator.json', passwordFile: './operator.password' } : sourceOf(key)
  const onLines = (list: readonly object[]) => {
    const node = document.createNode(list, { flow: true })
    node.flow = false
    return node
  }
  document.setIn(['submission', 'via'], via)
  if (relays.length > 0)
    document.setIn(['submission', 'relays'], onLines(relays.map((url) => ({ url, name: nameOf(url) }))))
  document.setIn(['submission', 'minimumNetWei'], limits.minimumNet)
  if (operator !== null) document.set('keys', document.createNode({ operators: onLines([operator]) }))
  if (executor !== null)
    document.set('executor', { address: checksummed(executor.address), sink: checksummed(executor.sink) })
  document.set('guards', { dailyLossWei: limits.dailyLoss, dailyGasWei: limits.dailyGas })
  return document.toString({ lineWidth: 0 })
}

function sourceOf(key: Answers['key']): object | null {
  if (key.kind === 'env') return { env: key.name }
  if (key.kind !== 'keystore') return null
  const { keystore, passwordFile } = key
  return passwordFile === null ? { keystore } : { keystore, passwordFile }
}

/** `relay.flashbots.net` is known by `flashbots`; others by their host. */
const nameOf = (url: string): string => (new URL(url).host === 'relay.flashbots.net' ? 'flashbots' : new URL(url).host)
