import { checksummed } from '#core/address.ts'
import type { Answers } from './answers.ts'

/** `plimsoll.yaml`: the base, then what was asked. JSON is YAML. */
export function configurationText({ base, key, executor, via, relays, limits }: Answers, isNewKey: boolean): string {
  const operator = isNewKey ? { keystore: './operator.json', passwordFile: './operator.password' } : sourceOf(key)
  return [
    base.trimEnd(),
    `  via: ${via}`,
    ...(relays.length === 0
      ? []
      : ['  relays:', ...relays.map((url) => `    - ${JSON.stringify({ url, name: nameOf(url) })}`)]),
    `  minimumNetWei: ${limits.minimumNet}`,
    ...(operator === null ? [] : ['keys:', '  operators:', `    - ${JSON.stringify(operator)}`]),
    ...(executor === null
      ? []
      : ['executor:', `  address: "${checksummed(executor.address)}"`, `  sink: "${checksummed(executor.sink)}"`]),
    'guards:',
    `  dailyLossWei: ${limits.dailyLoss}`,
    `  dailyGasWei: ${limits.dailyGas}`,
    '',
  ].join('\n')
}

function sourceOf(key: Answers['key']): object | null {
  if (key.kind === 'env') return { env: key.name }
  if (key.kind !== 'keystore') return null
  const { keystore, passwordFile } = key
  return passwordFile === null ? { keystore } : { keystore, passwordFile }
}

/** `relay.flashbots.net` is known by `flashbots`; others by their host. */
const nameOf = (url: string): string => (new URL(url).host === 'relay.flashbots.net' ? 'flashbots' : new URL(url).host)
