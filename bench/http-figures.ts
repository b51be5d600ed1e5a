import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from '../examples/reference-host/src/spawn-host.ts'
import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { signIn } from './host-stack.ts'
import { load } from './load.ts'
import { cheapest, cpuMicros, type Subject } from './measure.ts'
import { cores, pin, startWorker } from './processes.ts'
import { memberTables } from './raw-member.ts'

const sliceSeconds = 1

/** P1, the authenticated read, and P2, a hello through everything that every request goes through. */
export async function httpFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'corbel-bench-'))
  const host = await spawnHost({ CORBEL_DATA_DIR: folder, DATABASE_URL: database.url('host') })
  pin(host.child.pid, cores.subject)
  try {
    const { token, tenantId, userId } = await signIn(fetch, host.url)
    await database.copyWithoutPolicies(...memberTables)
    const raw = await startWorker('raw-http.ts', cores.subject, database.url('raw'), tenantId, userId)
    const rawUrl = raw.greeting as string
    const subject = (name: string, pid: number, url: string, headers?: Record<string, string>): Subject => ({
      async slice() {
        const databaseBefore = await database.cpuMicros(name)
        const before = cpuMicros(pid)
        const operations = await load(url, sliceSeconds, headers)
        const serverMicros = cpuMicros(pid) - before
        return { operations, serverMicros, databaseMicros: (await database.cpuMicros(name)) - databaseBefore }
      },
      close: async () => {},
    })
    const hostPid = host.child.pid ?? 0
    const costs = await cheapest(
      {
        rawHello: subject('raw', raw.pid, `${rawUrl}/hello`),
        ourHello: subject('host', hostPid, `${host.url}/health`),
        rawRead: subject('raw', raw.pid, `${rawUrl}/me`),
        ourRead: subject('host', hostPid, `${host.url}/api/v1/auth/me`, { authorization: `Bearer ${token}` }),
      },
      rounds,
    )
    await raw.close()
    return [
      {
        id: 'P1',
        what: 'authenticated read of one row, with row-level security, logs, metrics and validation on',
        limit: 'node:http and pg, named and pipelined, with none of these and no token',
        goal: 2,
        raw: costs.rawRead.total,
        ours: costs.ourRead.total,
        parts: { raw: costs.rawRead, ours: costs.ourRead },
      },
      {
        id: 'P2',
        what: 'hello through the host with every route and middleware',
        limit: 'node:http',
        goal: 1.35,
        raw: costs.rawHello.server,
        ours: costs.ourHello.server,
        parts: { raw: costs.rawHello, ours: costs.ourHello },
      },
    ]
  } finally {
    await host.end()
    rmSync(folder, { recursive: true, force: true })
  }
}
