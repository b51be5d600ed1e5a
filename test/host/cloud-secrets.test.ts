import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeReply } from '../../packages/adapters/src/service-server.fixture.ts'
import { runCli } from '../../packages/cli/src/cli.fixture.ts'
import { type Clouds, cloudStores } from './cloud-stores.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const config = join(import.meta.dirname, '../../examples/reference-host/corbel.config.ts')
const peppers = {
  AUTH_PASSWORD_PEPPER: 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y',
  AUTH_REFRESH_TOKEN_PEPPER: 'Qm4xT8rBn6Vc2Kj9Hd5Wf7Lp3Zs1Yg0A',
}

let clouds: Clouds
let said = ''
beforeAll(async () => void (clouds = await cloudStores(tempFolder())))
afterAll(() => clouds.close())

type Provider = 'aws' | 'azure' | 'gcp' | 'infisical'
type Env = Readonly<Record<string, string>>

async function corbel(env: Env, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await runCli([...argv, '--json'], { env, cwd: tempFolder(), config })
  said += stdout + stderr
  return { code, ...(JSON.parse(stdout) as { readonly data?: unknown; readonly error?: unknown }) }
}

interface Store {
  /** What the store is asked for first, for a write, and for the write's last step. */
  readonly read: RegExp
  readonly write: RegExp
  readonly lastStep: RegExp
  /** What it says when a right is missing, and when it is asked too often for longer than the program waits. */
  readonly denied: () => FakeReply
  readonly throttled: () => FakeReply
  readonly wrongCredential: () => Env
  readonly elsewhere: Env
}

const later = { 'retry-after': '60' }
const stores: Readonly<Record<Provider, Store>> = {
  aws: {
    read: /GetSecretValue/,
    write: /CreateSecret|PutSecretValue/,
    lastStep: /UpdateSecretVersionStage/,
    denied: () => clouds.aws.exception('AccessDeniedException'),
    throttled: () => clouds.aws.exception('ThrottlingException'),
    wrongCredential: () => ({ SECRETS_AWS_SECRET_ACCESS_KEY: 'a wrong credential' }),
    elsewhere: { SECRETS_AWS_ENDPOINT: 'http://127.0.0.1:9' },
  },
  azure: {
    read: /GET/,
    write: /PUT/,
    lastStep: /PUT/,
    denied: () => clouds.azure.error(403, 'Forbidden'),
    throttled: () => ({ ...clouds.azure.error(429, 'Throttled'), headers: later }),
    wrongCredential: () => ({ SECRETS_AZURE_CLIENT_SECRET: 'a wrong credential' }),
    elsewhere: { SECRETS_AZURE_VAULT_URL: 'http://127.0.0.1:9' },
  },
  gcp: {
    read: /GET/,
    write: /addVersion/,
    lastStep: /PATCH/,
    denied: () => clouds.gcp.error(403, 'PERMISSION_DENIED'),
    throttled: () => ({ ...clouds.gcp.error(429, 'RESOURCE_EXHAUSTED'), headers: later }),
    wrongCredential: () => ({ SECRETS_GCP_KEY_PATH: clouds.otherKeyPath }),
    elsewhere: { SECRETS_GCP_BASE_URL: 'http://127.0.0.1:9' },
  },
  infisical: {
    read: /GET/,
    write: /POST .*secrets|PATCH/,
    lastStep: /PATCH/,
    denied: () => clouds.infisical.error(403, 'PermissionDenied'),
    throttled: () => ({ ...clouds.infisical.error(429, 'RateLimitExceeded'), headers: later }),
    wrongCredential: () => ({ SECRETS_INFISICAL_CLIENT_SECRET: 'a wrong credential' }),
    elsewhere: { SECRETS_INFISICAL_BASE_URL: 'http://127.0.0.1:9' },
  },
}

describe.each(Object.entries(stores) as [Provider, Store][])('%s', (provider, store) => {
  const base = (): Env => ({ ...peppers, ...clouds.env[provider], CORBEL_DATA_DIR: tempFolder() })
  const failNext = (...args: Parameters<Clouds['aws']['failNext']>): void =>
    clouds[provider].failNext(...args)
  const versionOf = async (env: Env): Promise<string> => {
    const { data } = await corbel(env, 'secrets', 'status')
    const { secrets } = data as { secrets: readonly { name: string; version: string | null }[] }
    return secrets.find(({ name }) => name === 'AUTH_PASSWORD_PEPPER')?.version ?? ''
  }

  it('says what is wrong, by the exit code and by what to do next', { timeout: 60_000 }, async () => {
    const env = base()
    expect(await corbel({ ...env, ...store.elsewhere }, 'secrets', 'status')).toMatchObject({
      code: 9,
      error: { code: 'service/unavailable' },
    })
    expect(await corbel({ ...env, ...store.wrongCredential() }, 'secrets', 'verify')).toMatchObject({
      code: 4,
      error: { code: 'service/denied' },
    })
    // What was brought before stays, and the next run goes on.
    failNext(store.write, store.denied())
    expect(await corbel(env, 'secrets', 'onboard')).toMatchObject({
      code: 4,
      error: { code: 'service/denied' },
    })
    expect(await corbel(env, 'secrets', 'onboard')).toMatchObject({
      code: 0,
      data: { brought: { length: 2 } },
    })
    failNext(store.read, store.throttled(), { times: 99 })
    expect(await corbel(env, 'secrets', 'verify')).toMatchObject({
      code: 9,
      error: { code: 'service/throttled', fix: /Run it again after/ },
    })
    failNext(/never/, store.denied())
  })

  it(
    'a rotation that is interrupted tells how it goes on, and is done once',
    { timeout: 60_000 },
    async () => {
      const env = base()
      expect(await corbel(env, 'secrets', 'onboard')).toMatchObject({ code: 0 })
      const { AUTH_PASSWORD_PEPPER: name, ...lean } = env
      const version = await versionOf(lean)
      const words = ['secrets', 'rotate', 'AUTH_PASSWORD_PEPPER'] as const
      failNext(store.lastStep, store.denied())
      const denied = await corbel(lean, ...words)
      expect(denied).toMatchObject({ code: 4 })
      const next = `corbel secrets rotate AUTH_PASSWORD_PEPPER --from-version ${version}`
      expect(JSON.stringify(denied)).toContain(next)
      expect(await versionOf(lean)).toBe(version)
      // The answer to the write that puts it in force is lost.
      failNext(store.lastStep, { status: 0 }, { after: true, times: 9 })
      await corbel(lean, ...words, '--from-version', version)
      failNext(/never/, store.denied())
      expect(await versionOf(lean)).not.toBe(version)
      expect(await corbel(lean, ...words, '--from-version', version)).toMatchObject({
        code: 0,
        data: { rotated: false },
      })
      expect(await corbel(lean, 'secrets', 'verify')).toMatchObject({ code: 0 })
      // The pepper before stays good for the hashes that it made.
      const check = `process.exit(/^v2:[^,]{32,},v1:${name}$/.test(process.env.AUTH_PASSWORD_PEPPER) ? 42 : 1)`
      const run = ['env', 'run', '--secrets', '--config', config, '--', process.execPath, '-e', check]
      expect((await runCli(run, { env: lean, cwd: tempFolder(), config: null })).code).toBe(42)
    },
  )
})

it('stops half-way with what is done, and goes on from there', { timeout: 60_000 }, async () => {
  const env = { ...peppers, ...clouds.env.azure, SECRETS_FOLDER: 'halfway', CORBEL_DATA_DIR: tempFolder() }
  clouds.azure.failNext(/PUT.*refresh/, clouds.azure.error(403, 'Forbidden'))
  expect(await corbel(env, 'secrets', 'onboard')).toMatchObject({
    code: 8,
    error: { code: 'secrets/partly-brought' },
  })
  expect(await corbel(env, 'secrets', 'onboard')).toMatchObject({ data: { brought: { length: 1 } } })
})

it('a way in of which a half is missing is refused before anything is asked', async () => {
  const { SECRETS_AWS_SECRET_ACCESS_KEY: _, ...aws } = clouds.env.aws
  const { SECRETS_AZURE_CLIENT_SECRET: __, ...azure } = clouds.env.azure
  const { SECRETS_GCP_PROJECT: ___, ...gcp } = clouds.env.gcp
  for (const [env, missing] of [
    [aws, 'SECRETS_AWS_SECRET_ACCESS_KEY'],
    [azure, 'SECRETS_AZURE_CLIENT_SECRET'],
    [gcp, 'SECRETS_GCP_PROJECT'],
  ] as const)
    expect(await corbel({ ...env, CORBEL_DATA_DIR: tempFolder() }, 'secrets', 'status')).toMatchObject({
      code: 7,
      error: { missing: [missing] },
    })
})

it('shows no secret in all of this', () => {
  const { aws, azure, infisical } = clouds.env
  for (const secret of [
    ...Object.values(peppers),
    aws.SECRETS_AWS_SECRET_ACCESS_KEY,
    azure.SECRETS_AZURE_CLIENT_SECRET,
    infisical.SECRETS_INFISICAL_CLIENT_SECRET,
    'a wrong credential',
    'PRIVATE KEY',
  ])
    expect(said).not.toContain(secret)
})
