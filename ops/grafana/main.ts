import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { allDashboards } from './all-dashboards.ts'

/** `npm run dashboards` */
const folder = new URL('./dashboards/', import.meta.url)
mkdirSync(folder, { recursive: true })
const files = allDashboards()
for (const name of readdirSync(folder)) if (!(name in files)) rmSync(new URL(name, folder))
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, folder), text)
