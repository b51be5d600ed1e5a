import { join } from 'node:path'
import { fileKeyStore } from '@corbel/adapters/file'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { resendMailer } from '@corbel/adapters/resend'
import { auth } from '@corbel/auth'
import { createStack, fromEnv, Secret } from '@corbel/core'
import { localKeyVault, silentLogger, type Storage } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Kysely } from 'kysely'
import pg from 'pg'
import { Resend } from 'resend'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'

/** Runs a call that leaves the process, such as a statement. */
export type Around = <T>(call: () => Promise<T>) => Promise<T>

export interface CrashStackOptions {
  readonly databaseUrl: string
  /** Keys that all processes share. */
  readonly folder: string
  readonly mailPort: number
  /** Sees every statement and every mail. */
  readonly around?: Around
  /** The bad control: what belongs into one transaction is written piece by piece. */
  readonly mode?: 'good' | 'bad'
}

const shared = {
  AUTH_PASSWORD_PEPPER: 'a-pepper-of-the-fault-lab-of-some-length',
  AUTH_REFRESH_TOKEN_PEPPER: 'another-pepper-of-the-fault-lab-of-some-length',
  AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: 'a-third-pepper-of-the-fault-lab-of-some-length',
  AUTH_PASSWORD_RESET_TOKEN_PEPPER: 'a-fourth-pepper-of-the-fault-lab-of-some-length',
  TENANT_INVITATION_PEPPER: 'a-fifth-pepper-of-the-fault-lab-of-some-length',
}

/** Everything that a process has of the stack, over a database that others have too; it delivers events when it is told to. */
export function openCrashStack({ databaseUrl, folder, mailPort, around, mode }: CrashStackOptions) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, ...poolDeadlines })
  const dialect = postgresDialect({ pool, pipelined: true })
  if (around) {
    const createDriver = dialect.createDriver.bind(dialect)
    dialect.createDriver = () => watched(createDriver(), around)
  }
  const db = new Kysely<unknown>({ dialect })
  const storage = kyselyStorage({ db })
  const mailer = resendMailer({
    client: new Resend('re_fault_lab', { baseUrl: `http://127.0.0.1:${mailPort}` }),
    from: 'Corbel <no-reply@example.com>',
  })
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher })],
    storage: mode === 'bad' ? piecemeal(storage) : storage,
    mailer: around ? { ...mailer, send: (message) => around(() => mailer.send(message)) } : mailer,
    keyVault: localKeyVault({
      store: fileKeyStore({
        path: join(folder, 'keys.json'),
        secret: new Secret('a-key-of-the-fault-lab-of-some-length'),
      }),
    }),
    logger: silentLogger,
    settings: fromEnv(shared),
  })
  return { stack, db, close: () => db.destroy() }
}

type Driver = ReturnType<ReturnType<typeof postgresDialect>['createDriver']>

/** Also begin, commit and rollback, which kysely sends in the same way. */
function watched(driver: Driver, around: Around): Driver {
  const seen = new WeakSet()
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options)
    if (seen.has(connection)) return connection
    seen.add(connection)
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = (query, limits) => around(() => execute(query, limits))
    return connection
  }
  return driver
}

/** What belongs into one transaction is written piece by piece. */
export const piecemeal = <R>(storage: Storage<R>): Storage<R> => ({
  ...storage,
  transaction: (work) =>
    work({
      repositories: storage.repositories,
      events: { record: (...events) => storage.transaction((tx) => tx.events.record(...events)) },
      jobs: storage.jobs,
    }),
})
