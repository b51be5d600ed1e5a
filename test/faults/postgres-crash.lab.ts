import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { startControl } from './control-server.fixture.ts'
import {
  ask,
  bearer,
  isAlive,
  newToken,
  postRegistration,
  startHost,
  type Told,
} from './fault-host.fixture.ts'
import { asAdmin, audit, keepEvents } from './invariants.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { ms, expectFault } from './report.fixture.ts'

const loops = 5
const readers = 8
const writers = 4

// psql's own poll is 10 ms, and a busy machine schedules late.
const mostRecoveryMs = 1500

const isClean = ({ status, retryAfter }: Told, good: number): boolean =>
  status === good || (status === 503 && retryAfter !== null)

test.skipIf(!hasPostgresServer())(
  'F3: a Postgres that crashes under load costs 503s and nothing else',
  async () => {
    const cluster = await startCluster()
    const host = await startHost(tempFolder(), { DATABASE_URL: cluster.url })
    await keepEvents(asAdmin(cluster.url))
    const control = await startControl('stock-dialect.process.ts', cluster.url)
    try {
      const token = await newToken(host.url, 'ada@example.com')
      const me = () => ask(`${host.url}/api/v1/auth/me`, { headers: bearer(token) })
      const members = () => ask(`${host.url}/api/v1/tenants/members`, { headers: bearer(token) })
      const told: Told[] = []
      const strange: string[] = []
      const acknowledged: string[] = ['ada@example.com']
      const phase = { isOver: false }
      let count = 0
      const note = (answer: Told, good: number) => {
        told.push(answer)
        if (!isClean(answer, good)) strange.push(`${answer.status} ${answer.retryAfter}`)
      }
      const load = [
        ...Array.from({ length: readers }, async (_, n) => {
          while (!phase.isOver) {
            note(await (n % 2 === 0 ? me() : members()), 200)
            await delay(5)
          }
        }),
        ...Array.from({ length: writers }, async () => {
          while (!phase.isOver) {
            const email = `user-${count++}@example.com`
            const answer = await postRegistration(host.url, email)
            note(answer, 201)
            if (answer.status === 201) acknowledged.push(email)
          }
        }),
      ]
      const recoveries: number[] = []
      for (let loop = 0; loop < loops; loop++) {
        await delay(600)
        if (loop % 2 === 0) {
          await cluster.kill()
          await cluster.start()
        } else await cluster.crashRestart()
        const answered = performance.now()
        while ((await me()).status !== 200) await delay(10)
        recoveries.push(performance.now() - answered)
      }
      await delay(300)
      phase.isOver = true
      await Promise.all(load)

      const { halves, emails } = await audit(asAdmin(cluster.url))
      const lost = acknowledged.filter((email) => !emails.has(email))
      expect(told.length).toBeGreaterThan(loops * 20)
      expectFault(
        'F3',
        {
          crashes: loops,
          requests: told.length,
          unavailable: told.filter(({ status }) => status === 503).length,
          strange: strange.length,
          registrations: acknowledged.length,
          lost: lost.length,
          half: halves.length,
          slowestRecoveryMs: ms(Math.max(...recoveries)),
        },
        {
          'the host lives': isAlive(host),
          [`only 503 with Retry-After (${strange.slice(0, 3).join('; ')})`]: strange.length === 0,
          'some were turned away': told.some(({ status }) => status === 503),
          'nothing acknowledged is lost': lost.length === 0,
          [`nothing is half written (${halves.slice(0, 3).join('; ')})`]: halves.length === 0,
          'it recovers at once': Math.max(...recoveries) <= mostRecoveryMs,
        },
        { 'the process lives': control.child.exitCode === null && control.child.signalCode === null },
      )
    } finally {
      await host.end('SIGKILL')
      await control.close()
      await cluster.close()
    }
  },
)
