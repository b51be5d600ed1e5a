import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endChild } from './postgres-cluster.fixture.ts'

export interface ControlServer {
  readonly port: number
  readonly child: ChildProcess
  close(): Promise<void>
}

/** Starts a script of this folder that prints its port. */
export async function startControl(script: string, ...args: readonly string[]): Promise<ControlServer> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@corbel/source', path, ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${script} ended before it was ready.`)
  })
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer]
  ended.catch(() => {})
  return { port: Number(line.toString()), child, close: () => endChild(child) }
}
