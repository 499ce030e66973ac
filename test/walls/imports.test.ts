import { describe, expect, it } from 'vitest'
import { importsOf, projectFiles, type SourceFile, typescript } from './source-files.ts'

const files = typescript(projectFiles())
const under = (...folders: readonly string[]): readonly SourceFile[] =>
  files.filter(({ path }) => folders.some((folder) => path.startsWith(folder)))

/** What a file may import: packages by name, the project by the beginning of a path. */
type Wall = { readonly packages: readonly string[]; readonly own: readonly string[] }

function breaches(those: readonly SourceFile[], wall: (file: SourceFile) => Wall, what: string): readonly string[] {
  return those.flatMap((file) => {
    const { packages, own } = wall(file)
    return importsOf(file)
      .filter(({ to, isPackage }) =>
        isPackage
          ? !packages.some((name) => to === name || (name === 'node:' && to.startsWith(name)))
          : !own.some((place) => to.startsWith(place)),
      )
      .map(({ to }) => `${file.path} imports ${to}: ${what}`)
  })
}

describe('walls', () => {
  it('are looked for in real files', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(files.flatMap(importsOf).length).toBeGreaterThan(200)
  })

  it('report a breach, however it is written', () => {
    const text = [
      "import { a } from '../book/books.ts'",
      "import type {\n  B,\n} from 'pino'",
      "export { c } from '#abis/c.ts'",
      "const d = await import('../cli/run.ts')",
      "// import { e } from 'nothing'",
    ].join('\n')
    const file = { path: 'src/core/x.ts', text, lines: 6 }
    const found = breaches([file], () => ({ packages: ['ethers'], own: ['src/core/'] }), 'no')
    expect(found.map((line) => line.split(' ')[2])).toEqual([
      'src/book/books.ts:',
      'pino:',
      'abis/c.ts:',
      'src/cli/run.ts:',
    ])
  })

  it('src/core knows nobody', () => {
    const wall = (): Wall => ({ packages: ['ethers', 'zod'], own: ['src/core/'] })
    expect(breaches(under('src/core/'), wall, 'the core imports only itself, zod, and ethers’ pure functions')).toEqual(
      [],
    )
  })

  const isFixture = ({ path }: SourceFile): boolean => /^strategies\/[^/]+\/(fixture|test)\//.test(path)
  const extensions = under('strategies/', 'venues/', 'flash/', 'exits/').filter((file) => !isFixture(file))

  it('strategies, venues, lenders and exits know the core, their ABIs and themselves', () => {
    const wall = ({ path }: SourceFile): Wall => ({
      packages: ['ethers', 'zod'],
      own: ['src/core/', 'abis/', path.split('/').slice(0, 2).join('/')],
    })
    const what = 'an extension is one folder; what two share belongs into src/core'
    expect(breaches(extensions, wall, what)).toEqual([])
  })

  it('a strategy does not know its own fixture', () => {
    const found = extensions.filter((file) =>
      importsOf(file).some(({ to }) => /^strategies\/[^/]+\/(fixture|test)\//.test(to)),
    )
    expect(found.map(({ path }) => `${path} imports what only tests may`)).toEqual([])
  })

  it('extensions take only the pure parts of ethers', () => {
    const impure =
      /\b(JsonRpcProvider|WebSocketProvider|BrowserProvider|getDefaultProvider|Wallet|Contract|FetchRequest|Signer)\b/
    const found = extensions.filter(({ text }) =>
      [...text.matchAll(/^import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'ethers'/gm)].some(([, names = '']) =>
        impure.test(names),
      ),
    )
    const say = found.map(
      ({ path }) => `${path} takes what reads or signs from ethers: read through View, sign nothing`,
    )
    expect(say).toEqual([])
  })

  it('extensions see neither process nor clock nor chance', () => {
    const impure = /\b(process\.|Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.|fetch\()/
    const found = extensions.filter(({ text }) => impure.test(text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')))
    expect(found.map(({ path }) => `${path} is not pure: take time from the scene, state from the book`)).toEqual([])
  })

  it('a stage knows the core and itself, never another stage', () => {
    const stages = [
      'alerts',
      'book',
      'calendar',
      'scene',
      'opportunity',
      'quote',
      'execution',
      'jobs',
      'journal',
      'observe',
      'guards',
      'misses',
      'keys',
      'config',
      'chain',
      'recording',
    ]
    const ourPackages = [
      'ethers',
      '@ethereumjs/mpt',
      'zod',
      'yaml',
      'dotenv',
      '@noble/curves',
      '@noble/hashes',
      'p-queue',
      'pg',
      '@flashbots/ethers-provider-bundle',
      'node:',
      'pino',
      'pino-pretty',
      'prom-client',
      'ws',
    ]
    const wall = ({ path }: SourceFile): Wall => ({
      packages: ourPackages,
      own: [
        'src/core/',
        'abis/',
        path.split('/').slice(0, 2).join('/'),
        ...(/^src\/(execution|recording)\//.test(path) ? ['src/chain/'] : []),
      ],
    })
    const what = 'stages meet in src/engine only; a type both need belongs into src/core'
    expect(breaches(under(...stages.map((stage) => `src/${stage}/`)), wall, what)).toEqual([])
  })

  it('stress and watch compute over the engine, and know neither chain nor store', () => {
    const wall = ({ path }: SourceFile): Wall => ({
      packages: ['ethers', 'vega', 'vega-lite'],
      own: ['src/core/', 'src/engine/', 'src/scene/', path.split('/').slice(0, 2).join('/')],
    })
    const what = 'what they are made over is given to them; reading and printing is for src/cli'
    expect(breaches(under('src/stress/', 'src/watch/'), wall, what)).toEqual([])
  })

  it('a keeper does not know that it may be replayed', () => {
    const found = files
      .filter(({ path }) => !/^(src\/(replay|cli)\/|test\/|bench\/)/.test(path))
      .filter((file) => importsOf(file).some(({ to }) => to.startsWith('src/replay/')))
    expect(found.map(({ path }) => `${path} imports the replay: what differs is in a keeper’s parts`)).toEqual([])
  })

  it('a keeper does not know that it may live in the past', () => {
    const found = files
      .filter(({ path }) => !/^(src\/(backtest|report|cli)\/|test\/|bench\/)/.test(path))
      .filter((file) => importsOf(file).some(({ to }) => to.startsWith('src/backtest/')))
    expect(found.map(({ path }) => `${path} imports the backtest: what differs is in the World`)).toEqual([])
  })

  it('a report is drawn from what a backtest says alone', () => {
    const wall = (): Wall => ({
      packages: ['vega', 'vega-lite', 'node:'],
      own: ['src/core/', 'src/report/', ...said.map((name) => `src/backtest/${name}.ts`)],
    })
    const said = ['report', 'tally', 'parity', 'sensitivity', 'walk-forward', 'force', 'ledger', 'chunk-output']
    const found = under('src/report/')
    expect(breaches(found, wall, 'the report’s type has all that it tells')).toEqual([])
    const values = found
      .flatMap(importsOf)
      .filter(({ to, isTypeOnly }) => to.startsWith('src/backtest/') && !isTypeOnly)
    expect(values.map(({ to }) => `${to}: import its types alone`)).toEqual([])
  })

  it('a backtest neither sends nor signs nor knows the command line', () => {
    const found = files
      .filter(({ path }) => path.startsWith('src/backtest/'))
      .filter((file) => importsOf(file).some(({ to }) => /^src\/(keys|journal|observe|cli)\//.test(to)))
    expect(found.map(({ path }) => `${path} reaches beyond what history needs`)).toEqual([])
  })

  it('only src/observe logs and counts', () => {
    const found = files
      .filter(({ path }) => !path.startsWith('src/observe/'))
      .filter((file) => importsOf(file).some(({ to }) => ['pino', 'pino-pretty', 'prom-client'].includes(to)))
    expect(found.map(({ path }) => `${path} names a logger or a metric: tell src/observe what happened`)).toEqual([])
  })

  it('only tests and the demo know the sandbox', () => {
    const found = files
      .filter((file) => !/^(sandbox|test|bench|src\/cli\/demo)/.test(file.path) && !isFixture(file))
      .filter((file) => importsOf(file).some(({ to }) => to.startsWith('sandbox/')))
    expect(
      found.map(({ path }) => `${path} imports the sandbox: a keeper must not know that it may be in one`),
    ).toEqual([])
  })

  it('only the composition root and the command line know the command line', () => {
    const found = files
      .filter(({ path }) => !/^(src\/main\.ts|src\/cli\/|test\/|bench\/)/.test(path))
      .filter((file) => importsOf(file).some(({ to }) => /^src\/(cli\/|main\.ts)/.test(to)))
    expect(found.map(({ path }) => `${path} imports the command line: pass it what it needs instead`)).toEqual([])
  })

  it('nobody imports a test', () => {
    const found = files
      .filter((file) => !file.path.startsWith('test/') && !/^strategies\/[^/]+\/test\//.test(file.path))
      .filter((file) => importsOf(file).some(({ to }) => to.startsWith('test/')))
    expect(found.map(({ path }) => `${path} imports from test/: move what it needs beside it`)).toEqual([])
  })
})
