#!/usr/bin/env node
// Plain JavaScript on purpose: this file runs on whatever Node the machine has, and hands over to the pinned one,
// which runs TypeScript as it stands. Signals and exit codes pass through.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Half of a start is reading the sources; where nothing can be written, it goes without.
  module.enableCompileCache()
  await import('../src/main.ts')
} else {
  const found = dirname(createRequire(import.meta.url).resolve('node/package.json'))
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const child = spawn(join(found, 'bin', name), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`plimsoll: the pinned Node cannot be started (${error.message}): run \`npm ci\` again\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}
