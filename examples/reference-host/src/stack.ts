import { join } from 'node:path'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { dnsDomainVerifier } from '@corbel/adapters/dns'
import { oidcIdentityProvider } from '@corbel/adapters/oidc'
import { inboxMailer } from '@corbel/adapters/inbox'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { pgliteDialect } from '@corbel/adapters/pglite'
import { pinoLogger } from '@corbel/adapters/pino'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { prometheusMeter } from '@corbel/adapters/prometheus'
import {
  redisCache,
  redisClientOptions,
  redisEventStream,
  redisLock,
  redisPubSub,
  redisRateLimiter,
} from '@corbel/adapters/redis'
import { resendMailer } from '@corbel/adapters/resend'
import { agents } from '@corbel/agents'
import { auth } from '@corbel/auth'
import { billing, defaultPlans } from '@corbel/billing'
import { createStack, refuseStart, standInProblems, type StartProblem } from '@corbel/core'
import { type Logger, memoryCache, memoryRateLimiter } from '@corbel/core/ports'
import { status } from '@corbel/core/status'
import { tenant } from '@corbel/core/tenant'
import { PGlite } from '@electric-sql/pglite'
import { Redis } from 'ioredis'
import { Kysely } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { Resend } from 'resend'
import { FastResponse } from 'srvx'
import { answersQuota, type SoldAnswers } from './answers-quota.ts'
import { lockDataFolder } from './data-folder.ts'
import { ensureDatabaseFolder } from './embedded-folder.ts'
import { openGeoIp, openNotifier } from './notices.ts'
import { HostSettings } from './host-settings.ts'
import { type ConnectionCounts, measureHost } from './host-metrics.ts'
import { openKeyVault } from './key-vault.ts'
import { LogDestination } from './log-destination.ts'
import { openModels } from './models.ts'
import { objectStoreProblems, openObjectStore } from './objects.ts'
import { type Payments, paymentProblems, paymentStandIns } from './payments.ts'
import type { ReadSettings } from './read-settings.ts'
import { serviceAccounts } from './service-accounts.ts'
import { vaultProblems } from './vault-client.ts'

export type HostStack = ReturnType<typeof composeStack>
type HostValues = ReadSettings['values']['host']

/** The settings that say where the database is. */
export type DatabaseSettings = Pick<
  HostValues,
  'dataDir' | 'databaseUrl' | 'databasePoolSize' | 'databasePoolTimeout' | 'databasePoolRecycle'
> &
  // Migrations have no use for it.
  Partial<Pick<HostValues, 'databasePipelined'>>

/** An open database, and what only its maker can say of it. */
export interface DatabaseClient {
  readonly name: string
  readonly db: Kysely<unknown>
  countConnections(): ConnectionCounts
  close(): Promise<void>
}

/** Where mails are written; null when they are sent. Also for settings that are about to be refused. */
export const inboxFolder = ({ resendEnabled, dataDir = '' }: Partial<HostValues>): string | null =>
  resendEnabled === true ? null : join(dataDir, 'inbox')

/** Structured lines on standard error, so that standard output is for people and can be shown without being kept. */
export function createLogger({ logLevel }: HostValues): Logger {
  const stream = new LogDestination({
    fd: 2,
    onDropped: (lines) => logger.warn('log lines were dropped, for nobody read them', { lines }),
  })
  const logger = pinoLogger({ logger: pino({ level: logLevel }, stream) })
  return logger
}

/** What serves this one process only. Production takes none of it. */
function createStandIns({ values: { host } }: ReadSettings) {
  const inbox = inboxFolder(host)
  return {
    ...(host.redisUrl === undefined && { cache: memoryCache(), rateLimiter: memoryRateLimiter() }),
    ...(inbox !== null && { mailer: inboxMailer({ directory: inbox }) }),
  }
}

/** @throws StartRefused with everything that keeps these settings from being run with. */
export function refuseSettings(settings: ReadSettings): void {
  const { profile, problems } = settings
  const missing = new Set(problems.map(({ subject }) => subject))
  // What stands in for a missing setting is not a second problem.
  const standIns = Object.entries({
    ...createStandIns(settings),
    models: openModels(settings.values.host).models,
    ...paymentStandIns(settings),
  }).filter(([, { adapter }]) => !missing.has(`${adapter.standIn?.setting}`))
  refuseStart(profile, [
    ...problems,
    ...standInProblems(profile, Object.fromEntries(standIns)),
    ...placementProblems(settings),
    ...objectStoreProblems(settings),
    ...paymentProblems(settings),
    ...vaultProblems(settings),
  ])
}

/** The embedded database serves one process, so nobody else could do the work. */
const placementProblems = ({ values: { host } }: ReadSettings): readonly StartProblem[] =>
  host.workers !== 'apart' || host.databaseUrl !== undefined
    ? []
    : [
        {
          subject: HostSettings.workers.env,
          what: 'is "apart" without a database that processes can share',
          why: 'The embedded database serves one process, so events would never be delivered.',
          fix: `Set ${HostSettings.databaseUrl.env}, or leave ${HostSettings.workers.env} out.`,
        },
      ]

/** A client that connects when it is first needed; null when there is no address. What fails is told by the adapters. */
export function openRedis({ redisUrl }: HostValues): Redis | null {
  if (!redisUrl) return null
  const client = new Redis(redisUrl.reveal(), { ...redisClientOptions, lazyConnect: true })
  client.on('error', () => {})
  return client
}

/** The shared ports but for storage. */
export function createPorts(settings: ReadSettings, redis: Redis | null, logger: Logger) {
  const { resendApiKey, resendFrom, resendBaseUrl } = settings.values.host
  const resend = () =>
    resendMailer({
      client: new Resend(resendApiKey?.reveal(), { baseUrl: resendBaseUrl }),
      from: resendFrom ?? '',
    })
  const { mailer = resend(), ...standIns } = createStandIns(settings)
  const cache = redis ? redisCache({ client: redis, logger }) : standIns.cache
  return {
    ...standIns,
    ...(cache && { cache }),
    ...openNotifier(settings.values.host, cache),
    ...openGeoIp(settings.values.host, cache),
    ...(redis && {
      rateLimiter: redisRateLimiter({ client: redis, logger }),
      eventStream: redisEventStream({ client: redis }),
      pubSub: redisPubSub({ client: redis }),
      lock: redisLock({ client: redis }),
    }),
    fetcher: nodeFetcher({ allow: settings.values.host.outboundNetworks }),
    mailer,
    keyVault: openKeyVault(settings.values.host),
    objectStore: openObjectStore(settings.values.host),
  }
}

export type HostPorts = ReturnType<typeof createPorts>

/** Postgres when there is a connection string, else the embedded database in the data folder. */
export function openDatabase(host: DatabaseSettings): Promise<DatabaseClient> {
  return host.databaseUrl ? openPostgres(host, host.databaseUrl.reveal()) : openEmbedded(host)
}

async function openPostgres(host: DatabaseSettings, connectionString: string): Promise<DatabaseClient> {
  const pool = new pg.Pool({
    connectionString,
    ...poolDeadlines,
    max: host.databasePoolSize,
    connectionTimeoutMillis: host.databasePoolTimeout * 1000,
    maxLifetimeSeconds: host.databasePoolRecycle,
  })
  const db = new Kysely({ dialect: postgresDialect({ pool, pipelined: host.databasePipelined ?? false }) })
  return {
    name: 'postgres',
    db,
    countConnections: () => ({ total: pool.totalCount, idle: pool.idleCount, queued: pool.waitingCount }),
    async close() {
      // The connections that reads share are not of the pool.
      await db.destroy()
      // Nobody has asked yet: then there is no driver that would end it.
      if (!pool.ending) await pool.end()
    },
  }
}

async function openEmbedded({ dataDir }: DatabaseSettings): Promise<DatabaseClient> {
  const unlock = lockDataFolder(dataDir)
  const folder = join(dataDir, 'database')
  await ensureDatabaseFolder(folder, async (draft) => (await PGlite.create(draft)).close())
  // Never `relaxedDurability`: a commit is on its way to the disk before it is acknowledged.
  const client = await PGlite.create(folder)
  return {
    name: 'pglite',
    db: new Kysely({ dialect: pgliteDialect({ client }) }),
    countConnections: () => ({ total: 1, idle: 1, queued: 0 }),
    async close() {
      await client.close()
      unlock()
    },
  }
}

export function composeStack(
  settings: ReadSettings,
  ports: HostPorts,
  database: DatabaseClient,
  logger: Logger,
  payments: Payments | null = null,
) {
  const meter = prometheusMeter({ registry: new Registry() })
  measureHost(meter, database.countConnections)
  const sold: { billing?: SoldAnswers } = {}
  const stack = createStack({
    modules: [
      tenant(),
      auth({
        passwords: argon2PasswordHasher(),
        serviceAccounts,
        identityProvider: oidcIdentityProvider({
          fetcher: ports.fetcher,
          plainHttpOrigins: settings.values.host.ssoPlainHttpOrigins,
        }),
        domainVerifier: dnsDomainVerifier(
          settings.values.host.dnsServers.length > 0 ? { servers: settings.values.host.dnsServers } : {},
        ),
        // Whoever cannot pay can choose nothing either.
        ...(payments && { plans: payments.billing.plans ?? defaultPlans }),
      }),
      billing(payments?.billing),
      status(),
      agents({ ...openModels(settings.values.host), ...(payments && { quota: answersQuota(sold) }) }),
    ],
    storage: kyselyStorage({
      db: database.db,
      rowSecurity: settings.profile === 'local' ? settings.values.host.databaseRowSecurity : 'require',
    }),
    ...ports,
    logger,
    meter,
    settings: settings.source,
    knownSettings: settings.hostNames,
    Response: FastResponse,
  })
  sold.billing = stack.billing
  return stack
}
