import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface TerminalRun {
  readonly code: number | null
  /** All that appeared, as a terminal gets it. */
  readonly shown: string
}

export interface TerminalSetup {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** What is typed when a text appears, in this order. What is typed before a question is there the kernel shows. */
  readonly typed: readonly (readonly [appears: string, keys: string])[]
  /** Where the recording goes: an asciicast, version 2. */
  readonly recording: string
}

const [width, height] = [100, 40]
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** Runs a program in a terminal of its own, by `script` of util-linux, as somebody who reads and types. */
export async function inTerminal(command: readonly string[], setup: TerminalSetup): Promise<TerminalRun> {
  const { cwd, env, typed, recording } = setup
  const line = `stty cols ${width} rows ${height}; exec ${command.map(quoted).join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm-256color', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'pipe', 'inherit'],
    // A text that never appears.
    timeout: 60_000,
  })
  const begun = performance.now()
  const events: (readonly [seconds: number, kind: 'o', text: string])[] = []
  let [shown, read, next] = ['', 0, 0]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    events.push([(performance.now() - begun) / 1000, 'o', text])
    const [appears, keys] = typed[next] ?? []
    const at = appears === undefined ? -1 : shown.indexOf(appears, read)
    if (appears === undefined || at === -1) return
    ;[read, next] = [at + appears.length, next + 1]
    child.stdin.write(keys ?? '')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  mkdirSync(dirname(recording), { recursive: true })
  const head = { version: 2, width, height, title: 'corbel', env: { TERM: 'xterm-256color' } }
  writeFileSync(recording, `${[head, ...events].map((each) => JSON.stringify(each)).join('\n')}\n`)
  return { code, shown }
}
