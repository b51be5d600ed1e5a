import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const feedStream = 'feed'

export interface ReplicaPlace {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Of the keys in Redis. */
  readonly prefix: string
  /** 0 takes any free one. */
  readonly port: number
  readonly mode: 'gentle' | 'abrupt'
}

/** A process behind a proxy. */
export interface Replica {
  readonly child: ChildProcess
  readonly port: number
  /** SIGTERM; resolves when it has ended, with the milliseconds between its last answer and its end, or infinity when it does not say. */
  stop(): Promise<number>
}

export async function startReplica(place: ReplicaPlace): Promise<Replica> {
  const path = fileURLToPath(new URL('replica.process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@corbel/source', path, JSON.stringify(place)], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let text = ''
  const ready = new Promise<void>((resolve) =>
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      resolve()
    }),
  )
  await Promise.race([
    ready,
    ended.then(() => Promise.reject(new Error('A replica ended before it was ready.'))),
  ])
  return {
    child,
    port: Number(text),
    async stop() {
      child.kill('SIGTERM')
      const [code] = (await ended) as [number | null]
      const [, told] = text.trim().split('\n')
      return code === 0 && told !== undefined ? Number(told) : Infinity
    },
  }
}
