import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'
import { serveWorker } from './processes.ts'

/** How it is set up, beside what is the same for all: no logs, no telemetry, no rate limits, a pool of ten. */
export type BetterAuthMode = 'default' | 'argon2id' | 'joins' | 'cookie-cache'

const [connectionString, mode] = process.argv.slice(2) as [string, BetterAuthMode]
const hasher = argon2PasswordHasher()
const account = { email: `${mode}@example.com`, password: 'a long enough password for the benchmark' }

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  void start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

async function start(baseURL: string): Promise<void> {
  const options = {
    baseURL,
    secret: 'a secret of the benchmark, of 32 characters and more',
    database: new pg.Pool({ connectionString, max: 10 }),
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      ...(mode === 'argon2id' && {
        password: {
          hash: hasher.hash,
          verify: ({ password, hash }: { password: string; hash: string }) => hasher.verify(password, hash),
        },
      }),
    },
    ...(mode === 'joins' && { advanced: { database: { joins: true } } }),
    ...(mode === 'cookie-cache' && { session: { cookieCache: { enabled: true, maxAge: 300 } } }),
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  server.on('request', toNodeHandler(auth) as never)
  const { headers } = await auth.api.signUpEmail({ body: { ...account, name: 'Bench' }, returnHeaders: true })
  const cookie = headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ')
  serveWorker({ url: baseURL, cookie }, async () => null)
}
