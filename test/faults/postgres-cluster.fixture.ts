import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../free-port.ts'

const installed = '/usr/lib/postgresql'

/** Debian's own place of the server's programs: they are not on the path. */
function binaries(): string | null {
  if (!existsSync(installed)) return null
  const [newest] = readdirSync(installed).toSorted((a, b) => Number(b) - Number(a))
  return newest === undefined ? null : join(installed, newest, 'bin')
}

// Postgres refuses to run as root.
const isRoot = process.getuid?.() === 0

/** Whether a Postgres of one's own can be started here; in CI it must be. */
export function hasPostgresServer(): boolean {
  const bin = binaries()
  if (bin !== null && (!isRoot || spawnSync('runuser', ['-u', 'postgres', '--', 'true']).status === 0))
    return true
  if (process.env['CI'] === 'true') throw new Error('CI breaks a Postgres of its own: install postgresql.')
  return false
}

/** A Postgres of one's own, to be broken. */
export interface PostgresCluster {
  readonly port: number
  /** Of an ordinary role that owns an empty database. */
  readonly url: string
  /** A further database of the same role, for work that must not meet. */
  create(database: string): Promise<string>
  /** Connects as the administrator, for looking and for setting things up; `end` it. */
  admin(): Promise<pg.Client>
  /** `kill -9` of the postmaster; its children end when they notice. */
  kill(): Promise<void>
  /** Starts it, and again while children of a killed one hold its shared memory. */
  start(): Promise<void>
  /** Stops without a checkpoint and starts: the next start recovers from the log. */
  crashRestart(): Promise<void>
  /** Resolves when it takes a statement; polls each 10 ms. */
  answers(): Promise<void>
  close(): Promise<void>
}

const settings = [
  'listen_addresses=127.0.0.1',
  'max_connections=100',
  'shared_buffers=32MB',
  // Only the server is killed here, never the machine: what it has written the kernel still has.
  'fsync=off',
]

/** @param parent - Folder in which everything of it is kept. */
export async function startCluster(parent: string = tmpdir()): Promise<PostgresCluster> {
  const bin = binaries() ?? ''
  const folder = mkdtempSync(join(parent, 'corbel-postgres-'))
  const data = join(folder, 'data')
  const port = await freePort()
  if (isRoot) chownSync(folder, Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), -1)
  const run = async (program: string, ...args: readonly string[]): Promise<number | null> => {
    const command = [join(bin, program), ...args]
    const [file = '', ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command
    const [code] = (await once(spawn(file, rest, { cwd: folder, stdio: 'ignore' }), 'exit')) as [
      number | null,
    ]
    return code
  }
  const must = (status: number | null, what: string) => {
    if (status !== 0) throw new Error(`${what} ended with ${status}: ${logOf(folder)}`)
  }
  must(
    await run(
      'initdb',
      '-D',
      data,
      '-A',
      'trust',
      '-U',
      'admin',
      '--no-sync',
      '--locale=C.UTF-8',
      '-E',
      'UTF8',
    ),
    'initdb',
  )

  const options = [...settings, `port=${port}`, `unix_socket_directories=${folder}`]
    .map((s) => `-c ${s}`)
    .join(' ')
  const control = (...args: readonly string[]) =>
    run('pg_ctl', '-D', data, '-l', join(folder, 'log'), ...args)
  const url = (database: string, role = 'corbel') => `postgres://${role}@127.0.0.1:${port}/${database}`

  async function start(): Promise<void> {
    while ((await control('start', '-w', '-t', '10', '-o', options)) !== 0) await delay(50)
    await answers()
  }

  async function answers(): Promise<void> {
    while (!(await canAsk(url('postgres', 'admin')))) await delay(10)
  }

  async function admin(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url('postgres', 'admin') })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  async function create(database: string): Promise<string> {
    const client = await admin()
    await client.query(`create database ${database} owner corbel`)
    await client.end()
    return url(database)
  }

  await start()
  const client = await admin()
  await client.query('create role corbel login')
  await client.end()
  await create('corbel')
  return {
    port,
    url: url('corbel'),
    create,
    admin,
    async kill() {
      const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
      process.kill(pid, 'SIGKILL')
      while (await canAsk(url('postgres', 'admin'))) await delay(5)
    },
    start,
    async crashRestart() {
      must(await control('stop', '-m', 'immediate'), 'pg_ctl stop')
      await start()
    },
    answers,
    async close() {
      await control('stop', '-m', 'immediate')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

function logOf(folder: string): string {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-2000) : 'no log'
}

async function canAsk(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000, query_timeout: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Ends a child, however it was left. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
