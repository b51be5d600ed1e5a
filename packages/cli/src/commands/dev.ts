import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { systemClock } from '@corbel/core'
import { logFolder } from '../logs/log-folder.ts'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { notOffered } from '../run/not-offered.ts'

/** Runs the stack until a signal, starts it again when a source changes, and keeps its log. */
export const action: Action<{ readonly once: boolean }> = async (invocation, { once: isOnce }) => {
  const { config, settings, process: host } = invocation
  const { config: declared, path } = await config()
  if (!declared.dev) throw notOffered(path, 'dev')
  const source = await settings()
  const [program, ...args] = declared.dev.command
  // Node's own watcher follows what was imported; a program that is not Node watches by itself.
  const watching = !isOnce && program === 'node' ? ['--watch', '--watch-preserve-output'] : []
  const child = spawn(program === 'node' ? process.execPath : program, [...watching, ...args], {
    cwd: dirname(path),
    env: { ...Object.fromEntries(source.names.map((name) => [name, source.get(name)])), ...host.env },
    stdio: ['inherit', 'inherit', 'pipe'],
  })
  const log = declared.logs ? await openLog(invocation) : null
  child.stderr.pipe(host.stderr, { end: false })
  if (log) child.stderr.pipe(log)
  const forward = (): void => void child.kill(host.signal.reason as NodeJS.Signals)
  host.signal.addEventListener('abort', forward)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code === 0 || host.signal.aborted) return { data: { exitCode: code }, text: '' }
    throw new CliError('failed', {
      code: 'dev/ended',
      message: `${declared.dev.command.join(' ')} ended with ${code ?? 'a signal'}.`,
      fix: 'See what it printed.',
      next: 'corbel doctor',
    })
  } finally {
    host.signal.removeEventListener('abort', forward)
  }
}

async function openLog(invocation: Invocation) {
  const folder = await logFolder(invocation)
  mkdirSync(folder, { recursive: true })
  const day = systemClock.now().toISOString().slice(0, 10)
  return createWriteStream(join(folder, `dev-${day}.log`), { flags: 'a', mode: 0o600 })
}
