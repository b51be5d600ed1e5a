import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { redisLock } from '@corbel/adapters/redis'
import { newId } from '@corbel/core'
import pg from 'pg'
import { test } from 'vitest'
import { openRedis, redisUrl } from '../redis.ts'
import { postgresUrl } from '../storages.ts'
import { endChild } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'

const holders = 5
const pauseMs = 5000
const leaseMs = 1000

const [postgres, redis] = [await postgresUrl(), await redisUrl()]
const script = fileURLToPath(new URL('lock-holder.process.ts', import.meta.url))

async function startHolder(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=@corbel/source', script, ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('A holder ended before it had the lock.'))),
  ])) as [Buffer]
  if (line.toString().trim() !== 'held') throw new Error('A holder did not get the lock.')
  return child
}

interface Verdict {
  readonly lateWrites: number
  readonly lateWriters: number
  readonly rightful: number
}

/** Pauses holders of a lock beyond their lease, lets another take it and write, and looks at what the paused ones write afterwards. */
async function pause(guard: 'fenced' | 'trusting'): Promise<Verdict> {
  const schema = newId('corbel_test')
  const client = new pg.Client({ connectionString: postgres ?? '' })
  await client.connect()
  await client.query(`create schema ${schema}`)
  await client.query(
    `create table ${schema}.guarded (name text primary key, token bigint not null, writer text not null)`,
  )
  const opened = await openRedis(redis ?? '')
  const prefix = opened.prefix()
  const lock = redisLock({ client: opened.client, prefix })
  const names = Array.from({ length: holders }, (_, i) => `lock-${i}`)
  const place = [postgres ?? '', redis ?? '', prefix, schema, guard]
  const children: ChildProcess[] = []
  try {
    for (const name of names) {
      await client.query(`insert into ${schema}.guarded values ($1, 0, 'nobody')`, [name])
      children.push(await startHolder(...place, name, String(leaseMs)))
    }
    for (const child of children) {
      child.kill('SIGSTOP')
      // What they do as soon as they run again.
      child.stdin?.write('write\n')
    }
    const resumeAt = performance.now() + pauseMs
    for (const name of names) {
      const lease = await lock.acquire(name, { leaseMs: 60_000, waitMs: 4 * leaseMs })
      if (lease === null) throw new Error('A lease outlived its holder.')
      await client.query(
        `update ${schema}.guarded set token = $2, writer = 'successor' where name = $1 and token <= $2`,
        [name, lease.token],
      )
    }
    await delay(Math.max(0, resumeAt - performance.now()))
    const ended = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGCONT')
    await Promise.all(ended)
    const { rows } = await client.query<{ readonly writer: string }>(`select writer from ${schema}.guarded`)
    return {
      lateWriters: children.length,
      lateWrites: rows.filter(({ writer }) => writer === 'paused').length,
      rightful: rows.filter(({ writer }) => writer === 'successor').length,
    }
  } finally {
    await Promise.all(children.map(endChild))
    await opened.close()
    await client.query(`drop schema ${schema} cascade`)
    await client.end()
  }
}

const demandsOf = ({ lateWrites, rightful }: Verdict) => ({
  'no late writer writes': lateWrites === 0,
  'what the successor wrote stands': rightful === holders,
})

test.skipIf(postgres === null || redis === null)(
  'F13: a holder of a lock that was stopped for 5 s writes nothing afterwards',
  async () => {
    const verdict = await pause('fenced')
    const control = await pause('trusting')
    expectFault(
      'F13',
      { ...verdict, pauseMs, leaseMs, controlLateWrites: control.lateWrites },
      demandsOf(verdict),
      demandsOf(control),
    )
  },
)
