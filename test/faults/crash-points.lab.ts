import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { applyMigrations } from '@corbel/adapters/kysely'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { keepRecordedEvents } from '../recorded-events.ts'
import { flows, type Send, type Step, type World } from './crash-flows.fixture.ts'
import { openCrashStack } from './crash-stack.fixture.ts'
import { auditAfterCrash, endLeases } from './crash-invariants.fixture.ts'
import { asAdmin } from './invariants.fixture.ts'
import { type MailProvider, startMailProvider } from './mail-provider.fixture.ts'
import { endChild, hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'

type Mode = 'good' | 'bad'

// Starting one takes most of a crash's time: the next ones start meanwhile.
const inReserve = 2

const testLimitMs = 600_000

/** A process that waits for what it is to answer. */
interface Victim {
  readonly child: ChildProcess
  /** The number of moments that it lived through; null when it died of them. */
  run(step: Step, crashAt: number): Promise<number | null>
}

interface Place {
  readonly world: World
  readonly provider: MailProvider
  readonly url: string
  next(): Promise<Victim>
  close(): Promise<void>
}

async function openPlace(url: string, folder: string, mode: Mode): Promise<Place> {
  const provider = await startMailProvider()
  const options = { databaseUrl: url, folder, mailPort: provider.port }
  const { stack, db, close } = openCrashStack(options)
  await applyMigrations(db)
  for (const statement of keepRecordedEvents) await sql.raw(statement).execute(db)
  await stack.start(undefined, { workers: false })
  const send: Send = async ({ path, ...init }) => {
    const response = await stack.fetch(new Request(`http://127.0.0.1${path}`, init))
    const text = await response.text()
    const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>)
    return { status: response.status, etag: response.headers.get('etag'), body }
  }
  const deliver = async () => {
    while ((await stack.deliverEvents()) > 0);
  }
  const reserve = Array.from({ length: inReserve }, () => startVictim(url, folder, provider.port, mode))
  return {
    world: { send, deliver, codes: (email) => provider.codes(email) },
    provider,
    url,
    next() {
      reserve.push(startVictim(url, folder, provider.port, mode))
      return reserve.shift() ?? startVictim(url, folder, provider.port, mode)
    },
    async close() {
      for (const victim of reserve) await endChild((await victim).child)
      await close()
      await provider.close()
    },
  }
}

async function startVictim(url: string, folder: string, mailPort: number, mode: Mode): Promise<Victim> {
  const script = fileURLToPath(new URL('crash-flow.process.ts', import.meta.url))
  const args = ['--conditions=@corbel/source', script, url, folder, String(mailPort), mode]
  const child = spawn(process.execPath, args, {
    // Most of what a process costs here is reading its source.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(folder, 'compiled') },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') throw new Error('A process ended before it was ready.')
  return {
    child,
    async run(step, crashAt) {
      child.stdin.write(`${JSON.stringify({ ...step, crashAt })}\n`)
      const line = await lines.next()
      await closed
      if (child.signalCode !== 'SIGKILL' && child.exitCode !== 0)
        throw new Error(`A process ended with ${child.exitCode}.`)
      return line.done ? null : Number(line.value)
    },
  }
}

interface Found {
  readonly points: number
  /** What was wrong, with flow and moment. */
  readonly wrong: readonly string[]
}

/** Crashes at every moment of a flow, with a client of its own for each, and looks. */
async function crashEverywhere(place: Place, name: string, untilWrong = false): Promise<Found> {
  const wrong: string[] = []
  const begin = flows[name]
  if (!begin) throw new Error(`There is no flow ${name}.`)
  for (let n = 1; ; n++) {
    const attempt = await begin(place.world, `${name.replaceAll(' ', '-')}-${n}@example.com`)
    const note = (what: string) => wrong.push(`${name} at ${n}: ${what}`)
    const lived = await (await place.next()).run(attempt.step, n)
    for (const half of await auditAfterCrash(asAdmin(place.url))) note(half)
    await endLeases(asAdmin(place.url))
    if (lived === null) {
      const { status } = await place.world.send(attempt.step.request)
      if (!attempt.accepts.includes(status)) note(`the retry was answered with ${status}`)
    }
    await place.world.deliver()
    const isDone = await attempt.isDone().catch((error: unknown) => note(String(error)) === 0)
    if (!isDone) note('the client did not get what it wanted')
    if (lived !== null || (untilWrong && wrong.length > 0)) return { points: n - 1, wrong }
  }
}

const demandsOf = (wrong: readonly string[], conflicts: number) => ({
  [`nothing is half done, and the retry succeeds (${wrong.slice(0, 5).join('; ')})`]: wrong.length === 0,
  'a mail that is sent again is the same mail': conflicts === 0,
})

test.skipIf(!hasPostgresServer())(
  'F2: kill -9 before and after every statement and every mail leaves nothing half done',
  async () => {
    const cluster = await startCluster()
    const folder = tempFolder()
    const opened: Place[] = []
    try {
      const place = await openPlace(cluster.url, folder, 'good')
      opened.push(place)
      const control = await openPlace(await cluster.create('control'), folder, 'bad')
      opened.push(control)
      const points: Record<string, number> = {}
      const wrong: string[] = []
      for (const name of Object.keys(flows)) {
        const found = await crashEverywhere(place, name)
        points[name] = found.points
        wrong.push(...found.wrong)
      }
      const bad = await crashEverywhere(control, 'registration', true)
      const total = Object.values(points).reduce((sum, count) => sum + count, 0)
      // Every flow asks the database at least once, and a registration is a transaction of several statements.
      expect(Math.min(...Object.values(points))).toBeGreaterThanOrEqual(2)
      expect(points['registration']).toBeGreaterThanOrEqual(12)
      expectFault(
        'F2',
        { flows: Object.keys(flows).length, crashes: total, ...points, wrong: wrong.length },
        demandsOf(wrong, place.provider.conflicts),
        demandsOf(bad.wrong, 0),
      )
    } finally {
      for (const place of opened) await place.close()
      await cluster.close()
    }
  },
  testLimitMs,
)
