import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '@corbel/core'
import { type HostProcess, spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { recordBackend } from '../backends.ts'
import { redisUrl } from '../redis.ts'
import { postgresUrl } from '../storages.ts'
import { get, register, signIn } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const startLimit = 120_000

const [postgres, redis] = [await postgresUrl(), await redisUrl()]
const secret = (): string => randomBytes(32).toString('base64')

describe.skipIf(postgres === null || redis === null)(
  'the host in production, on Postgres and Redis',
  { timeout: startLimit },
  () => {
    const schema = newId('corbel_test')
    const client = new pg.Client({ connectionString: postgres ?? '' })
    const secrets = [secret(), secret(), secret(), secret(), secret(), secret(), secret()] as const
    const url = new URL(postgres ?? 'postgres://')
    url.searchParams.set('options', `-c search_path=${schema}`)
    // The test database's password is a placeholder, which production would refuse in the address.
    const { password: databasePassword } = url
    url.password = ''
    const env = {
      CORBEL_PROFILE: 'production',
      CORBEL_DATA_DIR: join(tempFolder(), 'data'),
      OBJECT_STORE_PATH: join(tempFolder(), 'objects'),
      APP_PUBLIC_URL: 'https://app.example.com',
      DATABASE_URL: url.href,
      PGPASSWORD: decodeURIComponent(databasePassword),
      REDIS_URL: redis ?? '',
      AUTO_RUN_MIGRATIONS: 'true',
      RESEND_EMAIL_ENABLED: 'true',
      RESEND_API_KEY: `re_${randomBytes(16).toString('hex')}`,
      OPENAI_API_KEY: `sk-${randomBytes(24).toString('hex')}`,
      RESEND_DEFAULT_FROM: 'Acme <no-reply@example.com>',
      // Nothing answers there: mails wait in the outbox.
      RESEND_BASE_URL: 'https://127.0.0.1:1',
      SIGNUP_ACCESS_POLICY: 'public',
      SECRET_KEY: secrets[0],
      AUTH_PASSWORD_PEPPER: secrets[1],
      AUTH_REFRESH_TOKEN_PEPPER: secrets[2],
      AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: secrets[3],
      AUTH_PASSWORD_RESET_TOKEN_PEPPER: secrets[4],
      TENANT_INVITATION_PEPPER: secrets[5],
      STATUS_SUBSCRIPTION_PEPPER: secrets[6],
    }
    const ada = { email: 'ada@example.com', password: 'a password of some length' }
    let first: HostProcess
    let second: HostProcess

    beforeAll(async () => {
      await client.connect()
      await client.query(`create schema ${schema}`)
      first = await spawnHost(env)
      second = await spawnHost(env)
      recordBackend('reference host on postgres and redis')
    }, startLimit)

    afterAll(async () => {
      await Promise.all([first?.end('SIGTERM'), second?.end('SIGTERM')])
      await client.query(`drop schema ${schema} cascade`)
      await client.end()
    })

    it('is ready, with every port on the real thing', async () => {
      const { status, body } = await get(first.url, '/health/ready', 'none')
      expect(status).toBe(200)
      expect(body).toMatchObject({
        status: 'ready',
        ports: {
          storage: { adapter: 'postgres', status: 'up' },
          cache: { adapter: 'redis', status: 'up' },
          rateLimiter: { adapter: 'redis', status: 'up' },
          mailer: { adapter: 'resend' },
        },
      })
    })

    it('lets a user of one replica use the other, once the e-mail is verified', async () => {
      expect((await register(first.url, ada.email, ada.password)).status).toBe(201)
      expect(await signIn(second.url, ada.email, ada.password)).toBeUndefined()
      // The mail with the link goes nowhere here.
      await client.query(`update ${schema}.corbel_users set email_verified = true`)
      const token = (await signIn(second.url, ada.email, ada.password)) ?? ''
      expect((await get(first.url, '/api/v1/auth/me', token)).body).toMatchObject({
        email: ada.email,
        emailVerified: true,
      })
      expect((await get(first.url, '/api/v1/tenants/account', token)).status).toBe(200)
    })

    it('shares its rate limits between replicas', async () => {
      const remaining = async ({ url: base }: HostProcess): Promise<number> => {
        const response = await fetch(`${base}/api/v1/auth/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email: 'nobody@example.com', password: 'x' }),
        })
        return Number(/;r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1])
      }
      const [here, there] = [await remaining(first), await remaining(second)]
      expect(there).toBeLessThan(here)
    })

    it('prints no password, no secret and no example', () => {
      for (const { stdout, stderr } of [first, second]) {
        for (const value of [...secrets, env.RESEND_API_KEY, 'curl ', 'password  '])
          expect(stdout + stderr).not.toContain(value)
      }
    })
  },
)
