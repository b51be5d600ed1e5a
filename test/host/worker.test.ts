import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@corbel/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type HostProcess,
  runScript,
  spawnHost,
  spawnWorker,
} from '../../examples/reference-host/src/spawn-host.ts'
import { recordBackend } from '../backends.ts'
import { postgresUrl } from '../storages.ts'
import { get, register } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const startLimit = 120_000

const postgres = await postgresUrl()

describe.skipIf(postgres === null)('workers apart, on Postgres', { timeout: startLimit }, () => {
  const schema = newId('corbel_test')
  // Looks across tenants.
  const client = new pg.Client({ connectionString: postgres ?? '', options: '-c corbel.scope=platform' })
  const folder = tempFolder()
  const url = new URL(postgres ?? 'postgres://')
  url.searchParams.set('options', `-c search_path=${schema}`)
  const env = { CORBEL_DATA_DIR: folder, DATABASE_URL: url.href, CORBEL_WORKERS: 'apart' }
  const password = 'a password of some length'
  let host: HostProcess
  let worker: HostProcess

  beforeAll(async () => {
    await client.connect()
    await client.query(`create schema ${schema}`)
    host = await spawnHost(env)
    recordBackend('worker apart on postgres')
  }, startLimit)

  afterAll(async () => {
    await Promise.all([host?.end('SIGKILL'), worker?.end('SIGKILL')])
    await client.query(`drop schema ${schema} cascade`)
    await client.end()
  })

  const count = async (state: string, table = 'outbox'): Promise<number> => {
    const { rows } = await client.query<{ readonly n: number }>(
      `select count(*)::integer as n from ${schema}.corbel_${table} where ${state}`,
    )
    return rows[0]?.n ?? -1
  }
  const mailsTo = (email: string): number => {
    const inbox = join(folder, 'inbox')
    const files = readdirSync(inbox, { withFileTypes: true }).filter(({ name }) => name.endsWith('.json'))
    return files.filter(({ name }) => JSON.parse(readFileSync(join(inbox, name), 'utf8')).to === email).length
  }

  it('leave the delivery to the worker: a host alone claims no event, and a worker sends the mail once', async () => {
    const email = 'ada@example.com'
    expect((await register(host.url, email, password)).status).toBe(201)
    const recorded = await count('true')
    expect(recorded).toBeGreaterThan(0)
    // What a host with workers claims within half a second has attempts or is gone.
    await delay(1500)
    expect(await count('attempts = 0')).toBe(recorded)

    worker = await spawnWorker(env)
    while ((await count('true')) > 0) await delay(50)
    while ((await count(`status = 'pending'`, 'deliveries')) > 0) await delay(50)
    expect(mailsTo(email)).toBe(1)
  })

  it('answer probes and nothing else', async () => {
    const ready = await get(worker.url, '/health/ready', 'none')
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'ready', ports: { storage: { status: 'up' } } },
    })
    const metrics = await (await fetch(`${worker.url}/metrics`)).text()
    expect(metrics).toMatch(/^corbel_outbox_deliveries_total\{.*outcome="delivered".*\} [1-9]/m)
    for (const path of ['/', '/docs', '/api/v1/auth/me'])
      expect((await fetch(worker.url + path)).status, path).toBe(404)
  })

  it('end cleanly, with what was under way finished', async () => {
    expect((await register(host.url, 'eve@example.com', password)).status).toBe(201)
    const { code } = await worker.end('SIGTERM')
    expect(code).toBe(0)
    expect(await count('due_at > now()')).toBe(0)
    const again = await spawnWorker(env)
    while ((await count('true')) > 0) await delay(50)
    while ((await count(`status = 'pending'`, 'deliveries')) > 0) await delay(50)
    expect((await again.end('SIGTERM')).code).toBe(0)
    expect(mailsTo('eve@example.com')).toBe(1)
  })

  it('are refused without a database that processes can share', async () => {
    for (const script of ['main.ts', 'worker.ts']) {
      const { code, stderr } = await runScript(script, { CORBEL_DATA_DIR: folder, CORBEL_WORKERS: 'apart' })
      expect({ script, code }).toEqual({ script, code: 1 })
      expect(stderr).toContain('CORBEL_WORKERS is "apart" without a database that processes can share')
    }
  })
})
