import { describe, expect, it } from 'vitest'
import { CoreSettings } from './core-settings.ts'
import { fromEnv, inspectSettings, loadSettings } from './settings-loader.ts'
import { isLoopback, plainHttp, plainPostgres, plainRedis } from './transport.ts'

const strong = '8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA'
const production = { CORBEL_PROFILE: 'production', APP_PUBLIC_URL: 'https://app.example.com' }

describe('CoreSettings', () => {
  it('needs nothing locally', () => {
    expect(loadSettings({ source: fromEnv({}), catalogs: { core: CoreSettings } }).values.core).toEqual({
      profile: 'local',
      appName: 'Corbel',
      publicUrl: 'http://127.0.0.1:3000',
      securityContacts: [],
      allowedOrigins: [],
      trustedProxies: [],
      maxBodyBytes: 1_048_576,
      metricsToken: undefined,
    })
  })

  it.each<[env: Record<string, string>, problems: readonly string[]]>([
    [production, []],
    [{ CORBEL_PROFILE: 'staging' }, ['APP_PUBLIC_URL']],
    [{ CORBEL_PROFILE: 'production' }, ['APP_PUBLIC_URL']],
    [{ ...production, APP_PUBLIC_URL: 'http://app.example.com' }, ['APP_PUBLIC_URL']],
    [{ ...production, ALLOWED_ORIGINS: 'https://a.example,http://b.example' }, ['ALLOWED_ORIGINS']],
    [{ ...production, ALLOWED_ORIGINS: '*' }, ['ALLOWED_ORIGINS']],
    [{ ...production, TRUSTED_PROXIES: '::/0' }, ['TRUSTED_PROXIES']],
    [{ ...production, METRICS_TOKEN: 'metrics-token' }, ['METRICS_TOKEN']],
    [
      {
        ...production,
        METRICS_TOKEN: strong,
        TRUSTED_PROXIES: '10.0.0.0/8',
        ALLOWED_ORIGINS: 'https://a.example',
      },
      [],
    ],
    [{ MAX_BODY_BYTES: '1' }, ['MAX_BODY_BYTES']],
  ])('%j: %j', (env, problems) => {
    const inspected = inspectSettings({ source: fromEnv(env), catalogs: { core: CoreSettings } })
    expect(inspected.problems.map(({ subject }) => subject)).toEqual(problems)
  })
})

describe('transport', () => {
  it.each([
    ['localhost', true],
    ['api.localhost', true],
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['[::1]', true],
    ['', true],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['10.0.0.1', false],
    ['0.0.0.0', false],
  ])('isLoopback %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })

  it.each([
    ['http://example.com', true],
    ['HTTP://example.com', true],
    ['https://example.com', false],
    ['http://127.0.0.1:3000', false],
    ['http://[::1]:3000', false],
  ])('plainHttp %s: %s', (address, refused) => {
    expect(plainHttp(address) !== null).toBe(refused)
  })

  it.each([
    ['postgres://u:p@db.example.com/d', true],
    ['postgres://u:p@db.example.com/d?sslmode=disable', true],
    ['postgres://u:p@db.example.com/d?sslmode=prefer', true],
    ['postgres://u:p@db.example.com/d?sslmode=require', false],
    ['postgres://u:p@db.example.com/d?sslmode=verify-full', false],
    ['postgresql://u:p@127.0.0.1:5432/d', false],
    ['postgres://u:p@[::1]/d', false],
    ['postgres:///d?host=/var/run/postgresql', false],
    ['postgres:///d?host=db.example.com', true],
    ['postgres://u:p@127.0.0.1/d?host=db.example.com', true],
  ])('plainPostgres %s: %s', (connection, refused) => {
    expect(plainPostgres(connection) !== null).toBe(refused)
  })

  it.each([
    ['redis://:p@cache.example.com:6379', true],
    ['rediss://cache.example.com:6379', true],
    ['rediss://:p@cache.example.com:6379', false],
    ['redis://127.0.0.1:6379', false],
    ['redis://[::1]:6379/3', false],
  ])('plainRedis %s: %s', (address, refused) => {
    expect(plainRedis(address) !== null).toBe(refused)
  })
})
