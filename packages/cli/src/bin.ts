#!/usr/bin/env node
import { main } from './main.ts'

const interruption = new AbortController()
let settled = false

// A prompt or a step that is never answered leaves nothing to wait for, and Node would end with 0.
process.on('exit', (code) => {
  if (!settled && code === 0) process.exitCode = 1
})
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    interruption.abort(name)
    // The second one ends a command that does not listen.
    process.once(name, () => process.exit(name === 'SIGINT' ? 130 : 143))
  })
}
// Told by the write that failed.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const code = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: () => process.cwd(),
  signal: interruption.signal,
})
settled = true
// All is written. A connection that a stack forgot to close must not keep the operator waiting.
process.exit(code)
