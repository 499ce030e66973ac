import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSeq, parseDocument, type YAMLSeq } from 'yaml'

const project = fileURLToPath(new URL('../../../', import.meta.url))
const shipped = join(project, 'ops', 'compose.yaml')
const beginning = `# Written by \`plimsoll init\` out of ops/compose.yaml.
#   docker compose up --build --detach                       http://localhost:3000 is Grafana, with the dashboards
#   docker compose --profile postgres up --build --detach    with a database: name it by journal.url
`

/**
 * The compose file that is shipped, with paths as they are from this folder and the folder itself as the keeper's data.
 * `null` where an installation carries none: an image.
 */
export function composeText(rpc: string, folder: string): string | null {
  if (!existsSync(shipped)) return null
  const document = parseDocument(readFileSync(shipped, 'utf8'))
  document.commentBefore = null
  const at = (path: string): string => asGiven(relative(folder, resolve(project, 'ops', path)))
  for (const service of ['keeper', 'prometheus', 'alertmanager', 'grafana', 'postgres']) {
    const volumes = document.getIn(['services', service, 'volumes'])
    if (!isSeq(volumes)) continue
    for (const [index, item] of volumes.items.entries()) {
      const [path = '', ...rest] = String(item).split(':')
      if (path.startsWith('.')) volumes.set(index, [path === '..' ? '.' : at(path), ...rest].join(':'))
    }
  }
  document.setIn(['services', 'keeper', 'build', 'context'], at('..'))
  if (isHere(rpc)) document.setIn(['services', 'keeper', 'environment'], { RPC_URL: fromInside(rpc) })
  else if (!URL.canParse(rpc))
    (document.getIn(['services', 'keeper', 'volumes']) as YAMLSeq).add(`${resolve(rpc)}:${resolve(rpc)}`)
  return `${beginning}${document.toString({ lineWidth: 0 })}`
}

/** Compose takes what begins with a point for a path, and else for a volume's name. */
const asGiven = (path: string): string => (path === '' ? '.' : path.startsWith('.') ? path : `./${path}`)

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/
const isHere = (rpc: string): boolean => URL.canParse(rpc) && loopback.test(new URL(rpc).hostname)

/** A container's loopback is its own: the machine has a name there, and the node must listen to it. */
const fromInside = (rpc: string): string => rpc.replace(new URL(rpc).hostname, 'host.docker.internal')
