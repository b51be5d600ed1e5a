import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authRepositoriesConformance } from '@corbel/auth/ports'
import {
  type Clock,
  idempotencyStoreConformance,
  jobQueueConformance,
  manualClock,
  manualTime,
  newId,
  outboxConformance,
  storageConformance,
  storageJobQueue,
  type Suite,
} from '@corbel/core/ports'
import { tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { type JournalRepositories, journalStorage } from './journal-storage.ts'

// Any runner will do that has these three.
const suite: Suite = { test, skip: (name, reason) => test.skip(`${name} (${reason})`, () => {}), expect }

const folder = mkdtempSync(join(tmpdir(), 'corbel-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const freshPath = (): string => join(folder, newId('run'))
const fresh = (clock?: Clock) => journalStorage({ path: freshPath(), ...(clock && { clock }) })

const tenantOf = (key: string) => ({
  id: `ten_${key}` as const,
  slug: key,
  name: key,
  createdAt: '2026-01-01T00:00:00.000Z',
})

describe('storage', () => {
  storageConformance<JournalRepositories>(suite, async () => ({ storage: fresh() }), {
    write: ({ tenant }, key) => tenant.tenants.insert(tenantOf(key)),
    read: async ({ tenant }, key) => (await tenant.tenants.find(`ten_${key}`)) !== null,
  })
})

describe('tenants', () => tenantRepositoriesConformance(suite, async () => fresh()))

describe('users and sessions', () => authRepositoriesConformance(suite, async () => fresh()))

describe('outbox', () => {
  outboxConformance(suite, async () => {
    const clock = manualClock()
    const storage = fresh(clock)
    return {
      outbox: storage.outbox,
      record: (...recorded) => storage.transaction(({ events }) => events.record(...recorded)),
      ...manualTime(clock),
    }
  })
})

describe('jobs', () => {
  jobQueueConformance(suite, async () => {
    const clock = manualClock()
    const storage = fresh(clock)
    return {
      queue: storageJobQueue(storage),
      transaction: (work) => storage.transaction(({ jobs }) => work(jobs)),
      ...manualTime(clock),
    }
  })
})

describe('idempotency store', () => {
  idempotencyStoreConformance(suite, async () => {
    const clock = manualClock()
    return { store: fresh(clock).idempotency, ...manualTime(clock) }
  })
})

describe('durability', () => {
  test('another process finds what was kept, and nothing of a line that a crash cut off', async () => {
    const path = freshPath()
    const before = journalStorage({ path })
    await before.repositories.tenant.tenants.insert(tenantOf('kept'))
    await before.close?.()
    appendFileSync(path, 'AAAA')
    const after = journalStorage({ path })
    expect(await after.repositories.tenant.tenants.find('ten_kept')).toEqual(tenantOf('kept'))
    await after.repositories.tenant.tenants.insert(tenantOf('later'))
    await after.close?.()
    expect(await journalStorage({ path }).repositories.tenant.tenants.find('ten_later')).not.toBeNull()
  })

  test('kill -9 loses nothing that was acknowledged and leaves nothing half', async () => {
    const path = freshPath()
    const script = fileURLToPath(new URL('writer.fixture.ts', import.meta.url))
    const writer = spawn(process.execPath, ['--conditions=@corbel/source', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.split('\n').length > 100) writer.kill('SIGKILL')
    })
    await once(writer, 'close')
    const acknowledged = output.split('\n').slice(0, -1) as `ten_${string}`[]
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)

    const { repositories, outbox } = journalStorage({ path })
    for (const id of acknowledged) expect(await repositories.tenant.settings.find(id), id).not.toBeNull()
    const claimed = await outbox.claim({ limit: 100_000, leaseMs: 1000 })
    for (const { tenantId } of claimed) {
      if (tenantId === null) continue
      expect(await repositories.tenant.tenants.find(tenantId), tenantId).not.toBeNull()
      expect(await repositories.tenant.settings.find(tenantId), tenantId).not.toBeNull()
    }
    expect(claimed.length).toBeGreaterThanOrEqual(acknowledged.length)
  })
})
