import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@corbel/core'
import pg from 'pg'
import { type HostProcess, spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { type Answer, post, register } from '../host/api.fixture.ts'
import { postgresUrl } from '../storages.ts'

export const hostPassword = 'correct horse battery staple'
export const keySecret = 'a secret that seals the keys of both hosts, long enough'

const unlimited = {
  AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_NETWORK_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_TENANT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE: '0',
  SIGNUP_RATE_LIMIT_PER_HOUR: '0',
  LOG_LEVEL: 'error',
  // Each racer comes from an address of its own: limits by address are not what is raced.
  TRUSTED_PROXIES: '127.0.0.0/8',
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Two hosts in processes of their own, on one Postgres and with the same keys. */
export interface AuthHosts {
  readonly urls: readonly [string, string]
  readonly keyPath: string
  /** Of the host of a racer: they take turns. */
  url(racer: number): string
  post(
    racer: number,
    path: string,
    body: object,
  ): Promise<Answer | { readonly status: number; readonly body: undefined }>
  signIn(email: string, password?: string): Promise<Tokens>
  register(email: string): Promise<void>
  me(racer: number, token: string): Promise<number>
  /** Every code that was mailed so far, by address. */
  codes(subject: string): ReadonlyMap<string, string>
  close(): Promise<void>
}

export async function startAuthHosts(env: Readonly<Record<string, string>> = {}): Promise<AuthHosts> {
  const base = await postgresUrl()
  if (base === null) throw new Error('Two hosts need a Postgres.')
  const schema = newId('corbel_test')
  const admin = new pg.Client({ connectionString: base })
  await admin.connect()
  await admin.query(`create schema ${schema}`)
  const address = new URL(base)
  address.searchParams.set('options', `-c search_path=${schema}`)
  const folder = mkdtempSync(join(tmpdir(), 'corbel-hosts-'))
  const settings = {
    CORBEL_DATA_DIR: folder,
    DATABASE_URL: address.href,
    SECRET_KEY: keySecret,
    APP_PUBLIC_URL: 'https://app.example.com',
    ...unlimited,
    ...env,
  }
  const hosts: HostProcess[] = [await spawnHost(settings)]
  hosts.push(await spawnHost(settings))
  const urls = hosts.map(({ url }) => url) as unknown as readonly [string, string]
  const url = (racer: number): string => urls[racer % 2] ?? ''

  let number = 0

  return {
    urls,
    keyPath: join(folder, 'keys.json'),
    url,
    async post(racer, path, body) {
      const response = await fetch(url(racer) + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': `10.${number++ & 255}.${(number >> 8) & 255}.${racer & 255}`,
        },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Answer['body']) }
    },
    async signIn(email, password = hostPassword) {
      const { status, body } = await post(url(0), '/api/v1/auth/token', { email, password })
      if (status !== 200) throw new Error(`signing in answered ${status}: ${JSON.stringify(body)}`)
      return body as unknown as Tokens
    },
    async register(email) {
      const { status } = await register(url(0), email, hostPassword)
      if (status !== 201) throw new Error(`registering answered ${status}`)
    },
    async me(racer, token) {
      const response = await fetch(`${url(racer)}/api/v1/auth/me`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await response.arrayBuffer()
      return response.status
    },
    codes(subject) {
      const inbox = join(folder, 'inbox')
      const mails = readdirSync(inbox)
        .toSorted()
        .map((file) => readFileSync(join(inbox, file), 'utf8'))
        .filter((mail) => mail.includes(`Subject: ${subject}`))
      return new Map(
        mails.map((mail) => [
          /^To: (\S+)/m.exec(mail)?.[1] ?? '',
          /\bc[a-z]{2}_[\w-]{43}/.exec(mail)?.[0] ?? '',
        ]),
      )
    },
    async close() {
      await Promise.all(hosts.map((host) => host.end()))
      await admin.query(`drop schema ${schema} cascade`)
      await admin.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
