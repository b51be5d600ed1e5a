import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { newId } from '@corbel/core'
import {
  type Environment,
  type HostProcess,
  spawnHost,
} from '../../examples/reference-host/src/spawn-host.ts'
import { recordBackend } from '../backends.ts'
import { halves } from '../halves.ts'
import { keepRecordedEvents } from '../recorded-events.ts'
import { postgresUrl } from '../storages.ts'
import { get, register, signIn } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const registrations = 200

// The process dies with about this many acknowledged and the rest at every stage of being made.
const acknowledgedAtKill = 60

const testLimit = 180_000

const password = 'a password of some length'
const emailOf = (n: number): string => `user-${n}@example.com`

type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>

interface Place {
  readonly env: Environment
  /** Runs work over the database while no host has it. */
  inspect<T>(work: (query: Query) => Promise<T>): Promise<T>
}

/** Kills the host in the middle of the registrations; returns the numbers of those that were acknowledged. */
async function registerUntilKilled(host: HostProcess): Promise<readonly number[]> {
  const acknowledged: number[] = []
  await Promise.allSettled(
    Array.from({ length: registrations }, async (_, n) => {
      const { status } = await register(host.url, emailOf(n), password)
      if (status === 201) acknowledged.push(n)
      if (acknowledged.length === acknowledgedAtKill) host.child.kill('SIGKILL')
    }),
  )
  await host.end('SIGKILL')
  return acknowledged
}

/** What an owner finds who was told that they are registered. */
async function expectWhole(url: string, n: number): Promise<void> {
  const token = (await signIn(url, emailOf(n), password)) ?? ''
  const [me, account, members, settings] = await Promise.all(
    ['/api/v1/auth/me', '/api/v1/tenants/account', '/api/v1/tenants/members', '/api/v1/tenants/settings'].map(
      (path) => get(url, path, token),
    ),
  )
  expect(me?.body).toMatchObject({ email: emailOf(n), role: 'owner' })
  expect(account?.body).toMatchObject({ id: me?.body['tenantId'], name: `Tenant of ${emailOf(n)}` })
  expect(members?.body['data']).toMatchObject([{ userId: me?.body['userId'], role: 'owner' }])
  expect(settings?.status).toBe(200)
}

/** Addresses that have got the mail of their registration. */
function mailed(folder: string): ReadonlySet<string> {
  const files = readdirSync(join(folder, 'inbox')).filter((name) => name.endsWith('.json'))
  return new Set(
    files.map((name) => JSON.parse(readFileSync(join(folder, 'inbox', name), 'utf8')).to as string),
  )
}

async function expectNothingHalf(query: Query, least: number): Promise<void> {
  for (const [what, sql] of Object.entries(halves)) expect(await query(sql), what).toEqual([])
  const [counted] = await query('select count(*)::int as users from corbel_users')
  expect(counted?.['users']).toBeGreaterThanOrEqual(least)
}

async function killAndLook({ env, inspect }: Place): Promise<void> {
  const folder = env['CORBEL_DATA_DIR'] ?? ''
  await (await spawnHost(env)).end('SIGTERM')
  await inspect(async (query) => {
    for (const sql of keepRecordedEvents) await query(sql)
  })
  const acknowledged = await registerUntilKilled(await spawnHost(env))
  expect(acknowledged.length).toBeGreaterThanOrEqual(acknowledgedAtKill)
  expect(acknowledged.length).toBeLessThan(registrations)

  const restarted = await spawnHost(env)
  try {
    for (const n of acknowledged) await expectWhole(restarted.url, n)
  } finally {
    await restarted.end('SIGTERM')
  }
  await inspect(async (query) => {
    await expectNothingHalf(query, acknowledged.length)
    // As if the 30 s had passed after which what the dead process had claimed is due again.
    await query('update corbel_outbox set due_at = occurred_at where due_at is not null')
  })

  const again = await spawnHost(env)
  try {
    const missing = () => acknowledged.filter(notIn(mailed(folder)))
    // A mail that never comes is a test that never ends.
    while (missing().length > 0) await delay(100)
  } finally {
    await again.end('SIGTERM')
  }
}

const notIn =
  (addresses: ReadonlySet<string>) =>
  (n: number): boolean =>
    !addresses.has(emailOf(n))

const postgres = await postgresUrl()

/** The same database, looked at across tenants. */
function everyTenant(database: URL): string {
  const url = new URL(database)
  url.searchParams.set('options', `${url.searchParams.get('options')} -c corbel.scope=platform`)
  return url.href
}

describe('kill -9 in the middle of 200 registrations', () => {
  const folder = tempFolder()

  it(
    'loses nothing acknowledged and leaves nothing half, on PGlite',
    async () => {
      const data = join(folder, 'pglite')
      await killAndLook({
        env: { CORBEL_DATA_DIR: data },
        async inspect(work) {
          const client = await PGlite.create(join(data, 'database'))
          try {
            return await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows)
          } finally {
            await client.close()
          }
        },
      })
      recordBackend('kill -9 on pglite')
    },
    testLimit,
  )

  it.skipIf(postgres === null)(
    'loses nothing acknowledged and leaves nothing half, on Postgres',
    async () => {
      const schema = newId('corbel_test')
      const url = new URL(postgres ?? '')
      url.searchParams.set('options', `-c search_path=${schema}`)
      const pool = new pg.Pool({ connectionString: everyTenant(url), max: 1 })
      await pool.query(`create schema ${schema}`)
      try {
        await killAndLook({
          env: { CORBEL_DATA_DIR: join(folder, 'postgres'), DATABASE_URL: url.href },
          inspect: (work) => work(async (sql) => (await pool.query(sql)).rows),
        })
      } finally {
        await pool.query(`drop schema ${schema} cascade`)
        await pool.end()
      }
      recordBackend('kill -9 on postgres')
    },
    testLimit,
  )
})
