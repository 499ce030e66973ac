export type Tag = { readonly name: string; readonly attributes: ReadonlyMap<string, string> }

/** A page without its own styles and scripts, and how many of each there are. */
export function bare(page: string): { readonly text: string; readonly styles: number; readonly scripts: number } {
  const [styles, scripts] = [/<style>[\s\S]*?<\/style>/g, /<script>[\s\S]*?<\/script>/g]
  return {
    text: page.replace(styles, '').replace(scripts, ''),
    styles: page.match(styles)?.length ?? 0,
    scripts: page.match(scripts)?.length ?? 0,
  }
}

const tag = /^<\/?([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9:-]*(?:="[^"<>]*")?)*)\s*\/?>/i
const attribute = /([a-z][a-z0-9:-]*)(?:="([^"<>]*)")?/gi

/** Every tag of a page. @throws where a `<` or `>` is neither a tag's nor written as an entity. */
export function tagsOf(text: string): readonly Tag[] {
  const found: Tag[] = []
  let rest = text.replace(/^<!doctype html>/, '')
  for (let at = rest.search(/[<>]/); at !== -1; at = rest.search(/[<>]/)) {
    rest = rest.slice(at)
    const match = tag.exec(rest)
    if (match === null) throw new Error(`not a tag: ${rest.slice(0, 80)}`)
    const [whole, name = '', attributes = ''] = match
    found.push({
      name,
      attributes: new Map([...attributes.matchAll(attribute)].map(([, key = '', value = '']) => [key, value])),
    })
    rest = rest.slice(whole.length)
  }
  return found
}

/** Tags, attributes and addresses that a page of ours has no use for. */
export function strangersIn(page: string): readonly string[] {
  const { text, styles, scripts } = bare(page)
  const counts = styles === 1 && scripts === 1 ? [] : [`${styles} styles, ${scripts} scripts`]
  try {
    const tags = tagsOf(text)
    const names = tags.filter(({ name }) => !known.has(name.toLowerCase())).map(({ name }) => `<${name}>`)
    const attributes = tags.flatMap(({ name, attributes: all }) =>
      [...all].flatMap(([key, value]) => (isKnown(key, value) ? [] : [`<${name} ${key}="${value}">`])),
    )
    return [...counts, ...names, ...attributes]
  } catch (error) {
    return [...counts, (error as Error).message]
  }
}

const known = new Set(
  [
    'html head meta title body a header h1 h2 h3 p table caption colgroup col thead tbody tfoot tr th td small span strong',
    'nav ul li main section div figure figcaption svg desc g path line text rect dl dt dd data code details summary br footer',
  ].flatMap((line) => line.split(' ')),
)
const inert = /^(style|action|formaction|src|srcset|srcdoc|on.*)$/i
const isKnown = (key: string, value: string): boolean =>
  !inert.test(key) && (!/href$/i.test(key) || /^#[a-z0-9-]+$/.test(value))
