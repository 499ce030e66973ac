import { describe, expect, it } from 'vitest'
import { projectFiles, type SourceFile, typescript } from './source-files.ts'

const all = projectFiles()
const files = typescript(all)
const say = (found: readonly SourceFile[], what: string): readonly string[] =>
  found.map(({ path }) => `${path}: ${what}`)

describe('tidiness', () => {
  it('no file is longer than 300 lines', () => {
    const long = [...files, ...all.filter(({ path }) => path.endsWith('.sol'))].filter(({ lines }) => lines > 300)
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines; two things are in it, so make two files`)).toEqual(
      [],
    )
  })

  it('half of the sources are shorter than 100 lines', () => {
    const sources = files
      .filter(({ path }) => /^(src|strategies|venues|exits|flash)\//.test(path))
      .map(({ lines }) => lines)
    const median = sources.sort((a, b) => a - b)[Math.floor(sources.length / 2)] ?? 0
    expect(median, 'files have grown: split the longest').toBeLessThan(100)
  })

  it('names say what is in a file', () => {
    const vague = files.filter(({ path }) =>
      /(^|\/)(utils?|helpers?|common|managers?|services?|misc)(\/|\.ts$)/i.test(path),
    )
    expect(say(vague, 'its name says nothing: name it for what it does')).toEqual([])
    const cased = files.filter(({ path }) => !/^[a-z0-9-]+(\.test|\.config)?\.ts$/.test(path.split('/').at(-1) ?? ''))
    expect(say(cased, 'write file names in kebab-case')).toEqual([])
  })

  it('nothing writes to a console', () => {
    const found = files.filter(({ text }) => /\bconsole\.\w+\(/.test(text))
    expect(say(found, 'tell src/observe, or in src/cli write to process.stdout')).toEqual([])
    const written = files
      .filter(({ path }) => path.startsWith('src/') && !/^src\/(cli\/|main\.ts|observe\/)/.test(path))
      .filter(({ text }) => /process\.(stdout|stderr)/.test(text))
    expect(say(written, 'only the command line writes to a terminal')).toEqual([])
  })

  it('no test is skipped, focused or left to do', () => {
    const found = files.filter(({ text }) =>
      /\b(it|test|describe)\.(concurrent\.)?(skip|only|todo|fails|skipIf|runIf)\b|\bcontext\.skip\b|expect\(true\)/.test(
        text,
      ),
    )
    const own = found.filter(({ path }) => path !== 'test/walls/tidy.test.ts')
    expect(say(own, 'a test that does not run says nothing: mend it or delete it')).toEqual([])
  })

  it('type errors are not silenced', () => {
    const found = files.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)/.test(text))
    const own = found.filter(({ path }) => path !== 'test/walls/tidy.test.ts')
    expect(say(own, 'write the type, or `unknown` and a check')).toEqual([])
  })

  it('every error is a KeeperError', () => {
    const found = files
      .filter(({ path }) => /^(src|strategies|venues|exits|flash)\//.test(path))
      .filter(({ text }) => /throw new (Error|TypeError|RangeError)\(/.test(text))
    expect(say(found, 'throw a KeeperError: a code, what happened, what to do')).toEqual([])
  })

  it('no file names the machine it was written on, or a registry', () => {
    const places = [['', 'work', ''].join('/'), ['', 'root', ''].join('/'), ['', 'home', ''].join('/')]
    const named = all
      .filter(({ path }) => path !== 'package-lock.json' && !/\.(png|svg|gif)$/.test(path))
      .filter(({ text }) => places.some((place) => new RegExp(`(^|[\\s'"\`(=:])${place}`, 'm').test(text)))
    expect(say(named, 'write paths relative to the project')).toEqual([])
    const lock = all.find(({ path }) => path === 'package-lock.json')
    const hosts = new Set([...(lock?.text ?? '').matchAll(/"resolved": "https?:\/\/([^/]+)/g)].map(([, host]) => host))
    expect(
      [...hosts].filter((host) => host !== 'registry.npmjs.org'),
      'the lock file names a registry of its own',
    ).toEqual([])
  })

  it('nothing compiled, dumped or secret is committed', () => {
    const found = all.filter(
      ({ path, text }) =>
        /\.(sqlite|db|bin|wasm)$|(^|\/)\.env$|(^|\/)artifacts?\//.test(path) ||
        /"?bytecode"?\s*[:=]\s*['"]0x[0-9a-f]{400}/i.test(text),
    )
    expect(say(found, 'what is compiled belongs into .cache, what is secret into no repository')).toEqual([])
  })
})
