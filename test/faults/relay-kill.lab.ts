import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { Kysely } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type ControlServer, startControl } from './control-server.fixture.ts'
import { asAdmin } from './invariants.fixture.ts'
import { createLedger, judge, ledgerEvent, type Verdict } from './ledger.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault, ms } from './report.fixture.ts'

const workers = 4
const kills = 42
const killEveryMs = 250
const crashAt = [10, 21, 32]
const producers = 4
const perTransaction = 20
const wanted = 10_400
const wantedOfControl = 3000

// A claim of a killed worker is due again after 30 s; 2 s for delivering it, and the start of a worker on a busy machine.
const leaseMs = 30_000
const drainSlackMs = 6000

interface Line {
  readonly db: Kysely<unknown>
  readonly acknowledged: Set<number>
  /** Records events until there are enough, over whatever happens to the database. */
  produce(count: number): Promise<void>
  /** Resolves when no event waits. */
  drained(): Promise<void>
}

async function openLine(connectionString: string): Promise<Line> {
  const pool = new pg.Pool({ connectionString, max: 8, ...poolDeadlines })
  const db = new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
  await applyMigrations(db)
  await createLedger(db)
  const storage = kyselyStorage({ db })
  const acknowledged = new Set<number>()
  let next = 0
  const produceOne = async (): Promise<void> => {
    const numbers = Array.from({ length: perTransaction }, () => next++)
    try {
      await storage.transaction(({ events }) =>
        events.record(...numbers.map((n) => ({ type: ledgerEvent, tenantId: null, payload: { n } }))),
      )
      for (const n of numbers) acknowledged.add(n)
    } catch {
      // In doubt: it may have been committed before the answer was lost. Others take its place.
      await delay(50)
    }
  }
  return {
    db,
    acknowledged,
    async produce(count) {
      const producing = Array.from({ length: producers }, async () => {
        while (acknowledged.size < count) {
          await produceOne()
          await delay(20)
        }
      })
      await Promise.all(producing)
    },
    async drained() {
      for (;;) {
        const depth = await storage.outbox.depth().catch(() => null)
        if (depth?.pending === 0) return
        await delay(100)
      }
    },
  }
}

const demandsOf = ({ lost, duplicated, unexpected }: Verdict) => ({
  'nothing is lost': lost === 0,
  'nothing takes effect twice': duplicated === 0,
  'nothing else takes effect': unexpected === 0,
})

test.skipIf(!hasPostgresServer())(
  'F1: relays that are killed lose no event and repeat no effect',
  async () => {
    const cluster = await startCluster()
    const running = new Set<ControlServer>()
    const phase = { isOver: false }
    try {
      const urls = { good: cluster.url, bad: await cluster.create('control') }
      const [line, control] = await Promise.all([openLine(urls.good), openLine(urls.bad)])

      /** Keeps a worker running, whatever ends it. */
      async function keep(mode: keyof typeof urls): Promise<void> {
        while (!phase.isOver) {
          const worker = await startControl('relay-worker.process.ts', urls[mode], mode).catch(() => null)
          if (worker === null) continue
          running.add(worker)
          if (worker.child.exitCode === null && worker.child.signalCode === null)
            await once(worker.child, 'exit')
          running.delete(worker)
        }
      }
      const kept = [...Array.from({ length: workers }, () => keep('good')), keep('bad')]
      const produced = Promise.all([line.produce(wanted), control.produce(wantedOfControl)])

      let killed = 0
      let crashes = 0
      while (killed < kills) {
        await delay(killEveryMs)
        const [victim] = [...running].toSorted(() => Math.random() - 0.5)
        if (victim === undefined) continue
        victim.child.kill('SIGKILL')
        running.delete(victim)
        killed++
        if (crashAt.includes(killed)) {
          await cluster.crashRestart()
          crashes++
        }
      }
      await produced
      const calm = performance.now()
      await line.drained()
      const drainMs = performance.now() - calm
      await control.drained()
      phase.isOver = true
      await Promise.all([...running].map((worker) => worker.close()))
      await Promise.all(kept)

      const verdict = await judge(asAdmin(urls.good), line.acknowledged)
      const bad = await judge(asAdmin(urls.bad), control.acknowledged)
      await Promise.all([line.db.destroy(), control.db.destroy()])
      expect(verdict.events).toBeGreaterThanOrEqual(10_000)
      expectFault(
        'F1',
        {
          workers,
          kills: killed,
          crashes,
          ...verdict,
          drainMs: ms(drainMs),
          controlLost: bad.lost,
          controlDuplicated: bad.duplicated,
        },
        { ...demandsOf(verdict), 'it drains within the lease': drainMs <= leaseMs + drainSlackMs },
        demandsOf(bad),
      )
    } finally {
      phase.isOver = true
      await Promise.all([...running].map((worker) => worker.close()))
      await cluster.close()
    }
  },
)
