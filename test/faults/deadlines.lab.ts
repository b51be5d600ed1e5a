import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { redisEventStream, redisLock, redisPubSub } from '@corbel/adapters/redis'
import { resendMailer } from '@corbel/adapters/resend'
import { s3ObjectStore } from '@corbel/adapters/s3'
import { smtpMailer } from '@corbel/adapters/smtp'
import { Kysely, sql } from 'kysely'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { Resend } from 'resend'
import { afterAll, expect, test } from 'vitest'
import { s3Server } from '../../packages/adapters/src/s3/s3-server.fixture.ts'
import { smtpServer } from '../../packages/adapters/src/smtp/smtp-server.fixture.ts'
import { connect, hasRedisServer, startRedis } from '../redis.ts'
import { startMailProvider } from './mail-provider.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.fixture.ts'

// Of those whose deadline can be set.
const deadlineMs = 1000
// Of a statement; whoever needs a new connection for it waits for that as well.
const postgresMs = poolDeadlines.connectionTimeoutMillis + poolDeadlines.query_timeout
// A transaction of one statement is begin, statement and commit, each with its own.
const transactionMs = poolDeadlines.connectionTimeoutMillis + 3 * poolDeadlines.query_timeout
const redisMs = 250

const calls = 3
// Of two runs the one that other work on the machine disturbed less.
const runs = 2
const late = 1.1
const slackMs = 50

interface Target {
  readonly deadlineMs: number
  readonly call: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** A service of one's own, and what the adapters reach it with through a wire. */
interface Service {
  readonly port: number
  /** Stops it in mid-air: connections stay open, and new ones are taken. Absent where it runs in this process. */
  readonly freeze?: () => Promise<void>
  readonly thaw?: () => Promise<void>
  readonly targets: Readonly<Record<string, (port: number) => Target>>
  readonly close: () => Promise<unknown>
}

const cleanups: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const undo of cleanups.toReversed()) await undo()
})

const message = { to: 'ada@example.com', subject: 'Hello', text: 'Hello', links: [] }
let count = 0
const mail = () => ({ ...message, id: `mail-${++count}` })

async function postgres(): Promise<Service> {
  const cluster = await startCluster()
  const admin = await cluster.admin()
  const { rows } = await admin.query<{ readonly pid: number }>('select pg_backend_pid() as pid')
  const signal = async (name: 'SIGSTOP' | 'SIGCONT', pids: readonly number[]) => {
    for (const pid of pids) process.kill(pid, name)
  }
  let stopped: readonly number[] = []
  const database =
    (run: (db: Kysely<unknown>) => Promise<unknown>, pipelined: boolean, deadlineMs = postgresMs) =>
    (port: number): Target => {
      const connectionString = cluster.url.replace(`:${cluster.port}/`, `:${port}/`)
      const pool = new pg.Pool({ connectionString, max: calls, ...poolDeadlines })
      const db = new Kysely<unknown>({ dialect: postgresDialect({ pool, pipelined }) })
      return { deadlineMs, call: () => run(db), close: () => db.destroy() }
    }
  const read = (db: Kysely<unknown>) => sql`select 1`.execute(db)
  return {
    port: cluster.port,
    async freeze() {
      const found = await admin.query<{ readonly pid: number }>(
        `select pid from pg_stat_activity where usename = 'corbel' and pid <> ${rows[0]?.pid}`,
      )
      stopped = found.rows.map(({ pid }) => pid)
      await signal('SIGSTOP', stopped)
    },
    thaw: () => signal('SIGCONT', stopped),
    targets: {
      'postgres read': database(read, false),
      'postgres pipelined read': database(read, true),
      'postgres transaction': database((db) => db.transaction().execute(read), true, transactionMs),
    },
    async close() {
      await admin.end()
      await cluster.close()
    },
  }
}

async function redis(): Promise<Service> {
  const server = await startRedis()
  const { port } = new URL(server.url)
  const over =
    (open: (client: ReturnType<typeof connect>) => () => Promise<unknown>) =>
    (proxy: number): Target => {
      const client = connect(`redis://127.0.0.1:${proxy}`)
      return { deadlineMs: redisMs, call: open(client), close: async () => client.disconnect() }
    }
  return {
    port: Number(port),
    freeze: async () => server.freeze(),
    thaw: async () => server.thaw(),
    targets: {
      'redis lock': over(
        (client) => () => redisLock({ client }).acquire(`name-${++count}`, { leaseMs: 1000 }),
      ),
      'redis event stream': over((client) => {
        const stream = redisEventStream({ client })
        return () => stream.append('stream', '{}')
      }),
      'redis pub-sub': over((client) => {
        const bus = redisPubSub({ client })
        return () => bus.publish('topic', 'text')
      }),
    },
    close: () => server.close(),
  }
}

async function mailProvider(): Promise<Service> {
  const provider = await startMailProvider()
  return {
    port: provider.port,
    targets: {
      resend: (port) => {
        const client = new Resend('re_fault_lab', { baseUrl: `http://127.0.0.1:${port}` })
        const mailer = resendMailer({ client, from: 'no-reply@example.com', timeout: `${deadlineMs}ms` })
        return { deadlineMs, call: () => mailer.send(mail()), close: async () => {} }
      },
    },
    close: () => provider.close(),
  }
}

async function mailServer(): Promise<Service> {
  const server = await smtpServer()
  return {
    port: server.port,
    targets: {
      smtp: (port) => {
        const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true })
        const mailer = smtpMailer({ transport, from: 'no-reply@example.com', timeoutMs: deadlineMs })
        return { deadlineMs, call: () => mailer.send(mail()), close: async () => transport.close() }
      },
    },
    close: () => server.close(),
  }
}

async function objects(): Promise<Service> {
  const server = await s3Server('files')
  return {
    port: Number(new URL(server.endpoint).port),
    targets: {
      s3: (port) => {
        const client = new S3Client({
          endpoint: `http://127.0.0.1:${port}`,
          region: 'eu-central-1',
          forcePathStyle: true,
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        })
        const store = s3ObjectStore({ client, bucket: 'files', timeoutMs: deadlineMs })
        const put = () => store.put('key', new Uint8Array(10), { contentType: 'text/plain' })
        return { deadlineMs, call: put, close: async () => client.destroy() }
      },
    },
    close: () => server.close(),
  }
}

async function website(): Promise<Service> {
  const server = createServer((_, outgoing) => outgoing.end('hello'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    targets: {
      fetcher: (port) => {
        const fetcher = nodeFetcher({ allow: ['127.0.0.1/32'] })
        const get = () => fetcher.fetch(`http://127.0.0.1:${port}/`, { timeoutMs: deadlineMs })
        return { deadlineMs, call: get, close: async () => {} }
      },
      // The bad control: what the platform's own client does by default.
      control: (port) => ({
        deadlineMs,
        call: async () => (await fetch(`http://127.0.0.1:${port}/`)).text(),
        close: async () => {},
      }),
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

type Fault = readonly [
  begin: (proxy: TcpProxy, service: Service) => unknown,
  end: (proxy: TcpProxy, service: Service) => unknown,
]

const faults: Readonly<Record<string, Fault>> = {
  blackhole: [(proxy) => proxy.blackhole(), (proxy) => proxy.heal()],
  freeze: [(_, { freeze }) => freeze?.(), (_, { thaw }) => thaw?.()],
  slow: [(proxy) => proxy.trickle(), (proxy) => proxy.heal()],
}

const portErrors = new Set([
  'storage/unavailable',
  'port/unavailable',
  'mailer/unavailable',
  'fetcher/timed-out',
  'fetcher/unreachable',
])

// Who has no deadline is not waited for any longer.
const patience = 2.5

interface Ending {
  /** How much of its deadline a call took until it failed. */
  readonly ratio: number
  /** As the port says it; `none` of a call that was not waited for. */
  readonly code: string
}

/** Null when the call succeeded. */
async function end({ call, deadlineMs }: Target): Promise<Ending | null> {
  const started = performance.now()
  const outcome = call().then(
    () => null,
    (error: unknown) => ({
      ratio: (performance.now() - started - slackMs) / deadlineMs,
      code: String((error as { readonly code?: unknown }).code),
    }),
  )
  const tooLong = delay(patience * deadlineMs).then(() => ({ ratio: patience, code: 'none' }))
  return Promise.race([outcome, tooLong])
}

async function measure(service: Service, open: (port: number) => Target, [begin, stop]: Fault) {
  const proxy = await startProxy(service.port)
  const target = open(proxy.port)
  try {
    await Promise.all(Array.from({ length: calls }, target.call))
    await begin(proxy, service)
    const endings = await Promise.all(Array.from({ length: calls }, () => end(target)))
    await stop(proxy, service)
    return endings.filter((ending) => ending !== null)
  } finally {
    proxy.reset()
    await proxy.close()
    await target.close()
  }
}

/** A reset in the middle of calls ends them at once. */
const reset: Fault = [
  (proxy) => {
    proxy.blackhole()
    setTimeout(() => proxy.reset(), 50)
  },
  (proxy) => proxy.heal(),
]

test.skipIf(!hasPostgresServer() || !hasRedisServer())(
  'R3: every error comes within its deadline',
  async () => {
    const services = await Promise.all([
      postgres(),
      redis(),
      mailProvider(),
      mailServer(),
      objects(),
      website(),
    ])
    cleanups.push(...services.map(({ close }) => close))
    const ratios: Record<string, number> = {}
    const codes: string[] = []
    let silent = 0
    for (const service of services) {
      for (const [name, open] of Object.entries(service.targets)) {
        for (const [fault, steps] of Object.entries({ ...faults, reset })) {
          if (fault === 'freeze' && !service.freeze) continue
          let worst = Infinity
          for (let run = 0; run < runs && worst > late; run++) {
            const endings = await measure(service, open, steps)
            if (name !== 'control') codes.push(...endings.map(({ code }) => code))
            if (endings.length === 0) silent++
            worst = Math.min(worst, Math.max(0, ...endings.map(({ ratio }) => ratio)))
          }
          ratios[`${name}, ${fault}`] = Math.round(worst * 100) / 100
        }
      }
    }
    const isControl = (name: string) => name.startsWith('control')
    const demandsOf = (wanted: (name: string) => boolean) =>
      Object.fromEntries(
        Object.entries(ratios)
          .filter(([name]) => wanted(name))
          .map(([name, ratio]) => [`${name}: ${ratio} times its deadline at most`, ratio <= late]),
      )
    const held = Object.entries(ratios).filter(([name]) => !isControl(name))
    expect(held.length).toBeGreaterThanOrEqual(30)
    expectFault(
      'R3',
      {
        cases: held.length,
        errors: codes.length,
        codes: [...new Set(codes)].join(' '),
        silent,
        worstRatio: Math.max(...held.map(([, ratio]) => ratio)),
        ...ratios,
      },
      {
        ...demandsOf((name) => !isControl(name)),
        'a fault fails every call that it reaches': silent === 0,
        'each error is one of the port': codes.every((code) => portErrors.has(code)),
      },
      demandsOf(isControl),
    )
  },
)
