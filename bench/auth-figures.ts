import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from '../examples/reference-host/src/spawn-host.ts'
import type { AuthAnswer, AuthOrder } from './auth-load.ts'
import type { BetterAuthMode } from './better-auth-server.ts'
import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { load } from './load.ts'
import { cheapest, type Cost, type Subject } from './measure.ts'
import { Measured } from './measured.ts'
import { cores, pin, startWorker, type Worker } from './processes.ts'

const sliceSeconds = 2
const inFlight = 4
const refreshers = 16

const password = 'a long enough password for the benchmark'

/** Nothing is to be held back. */
const unlimited = {
  AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_NETWORK_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_TENANT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE: '0',
}

interface BetterAuth {
  readonly url: string
  readonly cookie: string
}

interface Host {
  readonly url: string
  readonly measured: MeasuredAuth
  readonly account: { readonly email: string; readonly password: string }
}

/** The reference host with everything on, and one account. */
async function withHost<T>(database: BenchDatabase, run: (host: Host) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'corbel-bench-'))
  const name = `auth-host-${crypto.randomUUID().slice(0, 8)}`
  const host = await spawnHost({ CORBEL_DATA_DIR: folder, DATABASE_URL: database.url(name), ...unlimited })
  pin(host.child.pid, cores.subject)
  const generator = await startWorker('auth-load.ts', cores.rest)
  try {
    const account = { email: `${name}@example.com`, password }
    await post(`${host.url}/api/v1/auth/register`, { ...account, tenantName: 'Benchmark', acceptTerms: true })
    const measured = new MeasuredAuth(database, generator, name, host.child.pid ?? 0)
    return await run({ url: host.url, measured, account })
  } finally {
    await generator.close()
    await host.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same under the load of these figures. */
class MeasuredAuth extends Measured {
  readonly #generator: Worker

  constructor(database: BenchDatabase, generator: Worker, name: string, pid: number) {
    super(database, name, pid)
    this.#generator = generator
  }

  posts(label: string, order: Omit<AuthOrder, 'seconds'>): Subject {
    let { bodies } = order
    return this.subject(label, async () => {
      const answer = await this.#generator.ask<AuthAnswer>({ ...order, bodies, seconds: sliceSeconds })
      ;({ bodies } = answer)
      return answer
    })
  }

  gets(label: string, url: string, headers: Readonly<Record<string, string>>): Subject {
    return this.subject(label, async () => ({
      operations: await load(url, sliceSeconds, headers),
      seconds: sliceSeconds,
    }))
  }
}

/** P4 and P5: signing in over the one hash, refreshing over the one signature and the one row, that they cannot do without. */
export const signInFigures = (database: BenchDatabase, rounds: number): Promise<readonly Figure[]> =>
  withHost(database, (host) => overLimits(database, rounds, host))

async function overLimits(
  database: BenchDatabase,
  rounds: number,
  { url, measured: own, account }: Host,
): Promise<readonly Figure[]> {
  const worker = await startWorker('raw-auth.ts', cores.subject, database.url('auth-raw'))
  const generator = await startWorker('auth-load.ts', cores.rest)
  const raw = new MeasuredAuth(database, generator, 'auth-raw', worker.pid)
  const rawTokens = await worker.ask<readonly string[]>(['begin', refreshers])
  const ourTokens: string[] = []
  while (ourTokens.length < refreshers) ourTokens.push((await signIn(url, account)).refreshToken)
  const chained = (refreshToken: string) => ({ refreshToken })
  const costs = await cheapest(
    {
      hash: raw.subject('hash', () => worker.ask<AuthAnswer>(['hash', sliceSeconds])),
      signIn: own.posts('sign-in', ourSignIn(url, account)),
      rawRefresh: raw.posts('refresh', {
        url: `${worker.greeting as string}/refresh`,
        bodies: rawTokens.map(chained),
        chain: 'refreshToken',
      }),
      refresh: own.posts('refresh', {
        url: `${url}/api/v1/auth/refresh`,
        bodies: ourTokens.map(chained),
        chain: 'refreshToken',
      }),
    },
    rounds,
  )
  await worker.close()
  await generator.close()
  const oneHash = 'one Argon2id at the same cost (m=19456, t=2, p=1)'
  return [
    figure('P4', 'sign-in with a password, over HTTP', oneHash, 1.06, costs.hash, costs.signIn),
    {
      id: 'P4 rate',
      what: 'time for each sign-in, four at a time on one core',
      limit: oneHash,
      goal: 1.11,
      raw: 1e6 / (raw.rates.get('hash') ?? 0),
      ours: 1e6 / (own.rates.get('sign-in') ?? 0),
    },
    figure(
      'P5',
      'rotation of a refresh token, with reuse detection',
      'node:http, one signature and one UPDATE of a row, prepared and pipelined',
      1.5,
      costs.rawRefresh,
      costs.refresh,
    ),
  ]
}

/** B1 and B2: the session check and the sign-in beside Better Auth, on the same Postgres. */
export const peerFigures = (database: BenchDatabase, rounds: number): Promise<readonly Figure[]> =>
  withHost(database, (host) => besidePeer(database, rounds, host))

async function besidePeer(
  database: BenchDatabase,
  rounds: number,
  { url, measured: own, account }: Host,
): Promise<readonly Figure[]> {
  const { accessToken } = await signIn(url, account)
  const peers: Worker[] = []
  const generator = await startWorker('auth-load.ts', cores.rest)
  const peer = async (mode: BetterAuthMode) => {
    // One after the other: all of them have the tables of one schema.
    const name = `better-auth-${mode}`
    const worker = await startWorker('better-auth-server.ts', cores.subject, database.url(name), mode)
    peers.push(worker)
    const { url: theirs, cookie } = worker.greeting as BetterAuth
    const measured = new MeasuredAuth(database, generator, name, worker.pid)
    return {
      measured,
      session: measured.gets('session', `${theirs}/api/auth/get-session`, { cookie }),
      signIn: measured.posts('sign-in', {
        url: `${theirs}/api/auth/sign-in/email`,
        headers: { origin: theirs },
        bodies: Array.from({ length: inFlight }, () => ({ email: `${mode}@example.com`, password })),
      }),
    }
  }
  const argon2id = await peer('argon2id')
  const plain = await peer('default')
  const joins = await peer('joins')
  const cached = await peer('cookie-cache')
  const authorization = { authorization: `Bearer ${accessToken}` }
  const costs = await cheapest(
    {
      session: own.gets('session', `${url}/api/v1/auth/me`, authorization),
      theirSession: plain.session,
      joined: joins.session,
      cached: cached.session,
      signIn: own.posts('sign-in', ourSignIn(url, account)),
      theirSignIn: argon2id.signIn,
      theirDefaultSignIn: plain.signIn,
    },
    rounds,
  )
  const rate = (measured: MeasuredAuth, label: string) => (measured.rates.get(label) ?? 0).toFixed(0)
  for (const worker of peers) await worker.close()
  await generator.close()
  const perSecond = `session checks per second on one core, best slice: Corbel ${rate(own, 'session')}, Better Auth ${rate(plain.measured, 'session')}, with joins ${rate(joins.measured, 'session')}, with the cookie cache ${rate(cached.measured, 'session')}`
  const check = 'session check (token, revocation, membership in the database)'
  return [
    {
      ...figure('B1', check, 'Better Auth 1.7.7, get-session', 1 / 8, costs.theirSession, costs.session),
      facts: perSecond,
    },
    figure('B1 joins', check, 'the same with joins', 1 / 8, costs.joined, costs.session),
    figure(
      'B1 cache',
      check,
      'the same with its cookie cache (not read for 5 min)',
      1 / 8,
      costs.cached,
      costs.session,
    ),
    figure('B2', 'sign-in', 'Better Auth with the same Argon2id', 1, costs.theirSignIn, costs.signIn),
    figure(
      'B2 default',
      'sign-in',
      'Better Auth as it comes (scrypt)',
      1,
      costs.theirDefaultSignIn,
      costs.signIn,
    ),
  ]
}

function figure(id: string, what: string, limit: string, goal: number, raw: Cost, ours: Cost): Figure {
  return { id, what, limit, goal, raw: raw.total, ours: ours.total, parts: { raw, ours } }
}

const ourSignIn = (url: string, account: Host['account']): Omit<AuthOrder, 'seconds'> => ({
  url: `${url}/api/v1/auth/token`,
  bodies: Array.from({ length: inFlight }, () => account),
})

async function post<T>(url: string, body: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response.json() as Promise<T>
}

const signIn = (url: string, account: Host['account']) =>
  post<{ readonly accessToken: string; readonly refreshToken: string }>(`${url}/api/v1/auth/token`, account)
