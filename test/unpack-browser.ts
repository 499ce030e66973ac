import chromium from '@sparticuz/chromium'

/** Before any test: two of them that begin at once would unpack it into each other. */
export default async function unpackBrowser(): Promise<void> {
  await chromium.executablePath()
}
