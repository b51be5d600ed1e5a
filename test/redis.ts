import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisClientOptions } from '@corbel/adapters/redis'
import { Redis, type RedisOptions } from 'ioredis'
import { recordBackend } from './backends.ts'
import { freePort } from './free-port.ts'

const standard = 'redis://127.0.0.1:6379'

/** Where Redis for tests is: CORBEL_TEST_REDIS_URL, or whatever answers on the standard port. Null when nothing does. */
export async function redisUrl(): Promise<string | null> {
  const told = process.env['CORBEL_TEST_REDIS_URL']
  if (told) return told
  const client = connect(standard, { lazyConnect: true, retryStrategy: () => null })
  try {
    await client.connect()
    await client.ping()
    return standard
  } catch {
    if (process.env['CI'] === 'true')
      throw new Error('CI runs the suites on Redis: set CORBEL_TEST_REDIS_URL.')
    return null
  } finally {
    client.disconnect()
  }
}

export type ConnectOptions = Omit<RedisOptions, 'replyMapping'>

/** A client that prints nothing: what fails is told by the commands. */
export function connect(url: string, options: ConnectOptions = {}): Redis {
  const client = new Redis(url, { ...redisClientOptions, ...options })
  client.on('error', () => {})
  return client
}

export interface OpenRedis {
  readonly client: Redis
  /** A prefix that nobody else uses. */
  prefix(): string
  /** Deletes what was written under the prefixes, and disconnects. */
  close(): Promise<void>
}

/** The shared Redis for one test file. */
export async function openRedis(url: string): Promise<OpenRedis> {
  const client = connect(url)
  const info = await client.info('server')
  recordBackend(`redis ${/^redis_version:(\S+)/m.exec(info)?.[1]}`)
  const base = `corbel-test:${process.pid}:${crypto.randomUUID()}`
  let count = 0
  return {
    client,
    prefix: () => `${base}:${++count}`,
    async close() {
      let cursor = '0'
      do {
        const [next, keys] = await client.scan(cursor, 'MATCH', `${base}:*`, 'COUNT', 1000)
        if (keys.length > 0) await client.unlink(...keys)
        cursor = next
      } while (cursor !== '0')
      client.disconnect()
    },
  }
}

/** Whether a Redis of one's own can be started here; in CI it must be. */
export function hasRedisServer(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true
  if (process.env['CI'] === 'true') throw new Error('CI breaks a Redis of its own: install redis-server.')
  return false
}

/** A Redis of one's own, to be broken. */
export interface PrivateRedis {
  readonly url: string
  /** Stops it in mid-air: its sockets stay open and nothing is answered. */
  freeze(): void
  thaw(): void
  /** `kill -9`; what it held is gone. */
  kill(): Promise<void>
  /** Starts it again, on the same port. */
  start(): Promise<void>
  close(): Promise<void>
}

export async function startRedis(...settings: readonly string[]): Promise<PrivateRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'corbel-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  let child = spawn('redis-server', [...args, ...settings], { stdio: 'ignore' })

  async function answers(): Promise<void> {
    const client = connect(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    await client.ping()
    client.disconnect()
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  await answers()
  return {
    url,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    async start() {
      child = spawn('redis-server', [...args, ...settings], { stdio: 'ignore' })
      await answers()
    },
    async close() {
      await kill()
      rmSync(dir, { recursive: true })
    },
  }
}
