import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { Kysely } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type ControlServer, startControl } from './control-server.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'

const processes = 3
const kills = 3
const lanes = 50
// 5,000 take about two minutes of a quiet machine; what runs with every change is smaller.
const total = process.env['CI'] === 'true' ? 1000 : 5000

interface Arrival {
  readonly id: string
  readonly n: number
}

// Chance alone lets one of 5,000 fail eight times in a row, and the eighth back-off takes up to two minutes.
const troubles = 3

/** Fails a fifth, hangs on a twentieth, and takes another twentieth twice: it keeps it, and breaks off before it says so. */
async function openReceiver() {
  const arrivals = new Map<string, Arrival[]>()
  const attempts = new Map<string, number>()
  const counts = { failed: 0, hung: 0, twice: 0 }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const id = String(request.headers['webhook-id'])
    const attempt = (attempts.get(id) ?? 0) + 1
    attempts.set(id, attempt)
    const chance = attempt > troubles ? 1 : Math.random()
    if (chance < 0.2) return void (counts.failed++, response.writeHead(503).end())
    if (chance < 0.25) return void counts.hung++
    const recipient = request.url?.slice(1) ?? ''
    const { n } = JSON.parse(text) as { readonly n: number }
    const seen = arrivals.get(recipient) ?? []
    arrivals.set(recipient, [...seen, { id, n }])
    if (chance < 0.3) return void (counts.twice++, request.socket.destroy())
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    arrivals,
    counts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => (server.closeAllConnections(), server.close()),
  }
}

/** How often something came later than what was recorded after it, or again under another id. */
function judge(arrivals: ReadonlyMap<string, readonly Arrival[]>) {
  const verdict = { distinct: 0, repeated: 0, disordered: 0, renamed: 0 }
  for (const seen of arrivals.values()) {
    const ids = new Map<number, string>()
    let latest = -1
    for (const { id, n } of seen) {
      if (n < latest) verdict.disordered++
      latest = Math.max(latest, n)
      if (!ids.has(n)) verdict.distinct++
      else if (ids.get(n) === id) verdict.repeated++
      else verdict.renamed++
      ids.set(n, id)
    }
  }
  return verdict
}

test.skipIf(!hasPostgresServer())(
  'F1: dispatchers that are killed lose no delivery, keep the order of each recipient, and repeat under the same id only',
  async () => {
    const cluster = await startCluster()
    const receiver = await openReceiver()
    const running = new Set<ControlServer>()
    const db = new Kysely<unknown>({
      dialect: postgresDialect({
        pool: new pg.Pool({ connectionString: cluster.url, max: 4, ...poolDeadlines }),
      }),
    })
    try {
      await applyMigrations(db)
      const storage = kyselyStorage({ db })
      const start = async () =>
        void running.add(await startControl('delivery-worker.process.ts', cluster.url, receiver.url))
      await Promise.all(Array.from({ length: processes }, start))

      let killed = 0
      for (let n = 0; n < total / lanes; n++) {
        await storage.transaction(({ events }) =>
          events.record(
            ...Array.from({ length: lanes }, (_, lane) => ({
              type: 'lab.thing.done',
              tenantId: `ten_${lane % 5}` as const,
              payload: { recipient: `r_${lane}`, n },
            })),
          ),
        )
        await delay(40)
        if (killed < kills && n >= ((killed + 1) * total) / lanes / (kills + 1)) {
          const [victim] = running
          if (!victim) continue
          running.delete(victim)
          victim.child.kill('SIGKILL')
          killed++
          await start()
        }
      }
      for (;;) {
        const [outbox, deliveries] = [await storage.outbox.depth(), await storage.deliveries.depth()]
        if (outbox.pending + deliveries.pending === 0) break
        await delay(250)
      }
      const { dead } = await storage.deliveries.depth()
      const verdict = judge(receiver.arrivals)
      expect(killed).toBe(kills)
      // The bad control: had it been told in another order, or under another id, the judge would say so.
      const bad = judge(
        new Map([
          [
            'r',
            [
              { id: 'a', n: 1 },
              { id: 'b', n: 0 },
              { id: 'c', n: 1 },
            ],
          ],
        ]),
      )
      const demandsOf = ({ disordered, renamed }: ReturnType<typeof judge>, isWhole: boolean) => ({
        'none is lost': isWhole,
        'the order of each recipient is kept': disordered === 0,
        'duplicates have the same event id': renamed === 0,
      })
      expectFault(
        'F1',
        { processes, kills: killed, deliveries: total, dead, ...receiver.counts, ...verdict },
        demandsOf(verdict, verdict.distinct + dead === total && dead === 0),
        demandsOf(bad, false),
      )
    } finally {
      await Promise.all([...running].map((worker) => worker.close()))
      receiver.close()
      await db.destroy()
      await cluster.close()
    }
  },
  // A lease of 30 s passes after each kill, and every lane waits for its failures.
  600_000,
)
