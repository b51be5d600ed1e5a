import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, vaultServer } from '../../packages/adapters/src/vault/vault-server.fixture.ts'
import { type CliRun, runCli } from '../../packages/cli/src/cli.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

type Env = Readonly<Record<string, string>>
type Vault = Awaited<ReturnType<typeof vaultServer>>

const config = join(import.meta.dirname, '../../examples/reference-host/corbel.config.ts')
const peppers = {
  AUTH_PASSWORD_PEPPER: 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y',
  AUTH_REFRESH_TOKEN_PEPPER: 'Qm4xT8rBn6Vc2Kj9Hd5Wf7Lp3Zs1Yg0A',
  RESEND_API_KEY: 're_8sDf7gHj6kLp5qWe4rTy3uIo2pAs1dFg',
}
const { AUTH_PASSWORD_PEPPER: pepper } = peppers

/** What was said about every command of this file, to be searched at the end. */
let said = ''

function program(env: Env) {
  const cwd = tempFolder()
  const corbel = async (...argv: readonly string[]): Promise<CliRun & { readonly data: unknown }> => {
    const run = await runCli([...argv, '--json'], { env, cwd, config })
    said += run.stdout + run.stderr
    return { ...run, data: (JSON.parse(run.stdout) as { readonly data?: unknown }).data }
  }
  return { corbel, with: (more: Env) => program({ ...env, ...more }) }
}

let vault: Vault
let tls: { readonly vault: Vault; readonly env: Env } | null = null
const folder = tempFolder()
beforeAll(async () => {
  vault = await vaultServer()
  tls = await tlsVault()
}, 60_000)
afterAll(() => Promise.all([vault.close(), tls?.vault.close()]))

/** A Vault that lets a certificate of its own authority in. */
async function tlsVault() {
  const path = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const self = ['req', '-x509', ...key, '-days', '1', '-subj', '/CN=127.0.0.1']
  const address = ['-addext', 'subjectAltName=IP:127.0.0.1']
  openssl(...self, ...address, '-keyout', path('server.key'), '-out', path('server.pem'))
  openssl(...self, '-keyout', path('client.key'), '-out', path('client.pem'))
  const text = (name: string): string => readFileSync(path(name), 'utf8')
  const server = { key: text('server.key'), cert: text('server.pem'), ca: text('client.pem') }
  return {
    vault: await vaultServer({ ...server, requestCert: true, rejectUnauthorized: false }),
    env: {
      VAULT_CA_PATH: path('server.pem'),
      VAULT_CLIENT_CERT_PATH: path('client.pem'),
      VAULT_CLIENT_KEY_PATH: path('client.key'),
    },
  }
}

const base = (): Env => ({ CORBEL_DATA_DIR: tempFolder(), ...peppers })
const role = { VAULT_ROLE_ID: credentials.roleId, VAULT_SECRET_ID: credentials.secretId }
const inVault = (address: string, more: Env): Env => ({
  ...base(),
  SECRETS_PROVIDER: 'vault',
  VAULT_ADDR: address,
  ...more,
})

function jwtFile(): string {
  const path = join(folder, 'token')
  writeFileSync(path, `${credentials.jwt}\n`)
  return path
}

const stores: Readonly<Record<string, () => Env>> = {
  'a sealed file': () => ({ ...base(), SECRETS_PROVIDER: 'file' }),
  'Vault, by AppRole': () => inVault(vault.address, role),
}

const otherWaysIn: Readonly<Record<string, () => Env>> = {
  'Vault, by the token of a workload': () =>
    inVault(vault.address, { VAULT_JWT_ROLE: credentials.role, VAULT_JWT_PATH: jwtFile() }),
  'Vault, by certificate': () => inVault(tls?.vault.address ?? '', tls?.env ?? {}),
}

describe.each(Object.entries(stores))('%s', (_name, envOf) => {
  it(
    'takes secrets in, gives them to a program, and has them rotated once',
    { timeout: 120_000 },
    async () => {
      vault.kv.clear()
      const full = envOf()
      const { corbel, with: other } = program(full)
      expect(await corbel('secrets', 'onboard', '--dry-run')).toMatchObject({ data: { present: [] } })
      expect(await corbel('secrets', 'onboard')).toMatchObject({ data: { brought: { length: 3 } } })
      expect(await corbel('secrets', 'onboard')).toMatchObject({ code: 0, data: { brought: [] } })
      expect(await corbel('secrets', 'verify')).toMatchObject({ code: 0 })

      // Another value is neither written over nor taken for the stored one.
      const changed = other({ AUTH_REFRESH_TOKEN_PEPPER: 'another-value-than-the-one-in-the-store' }).corbel
      expect(await changed('secrets', 'onboard')).toMatchObject({ code: 6 })
      expect(await changed('secrets', 'verify')).toMatchObject({ code: 7 })

      const { AUTH_PASSWORD_PEPPER: _, ...without } = full
      const lean = program(without)
      const before = versionOf(await lean.corbel('secrets', 'status'))
      const rotate = ['secrets', 'rotate', 'AUTH_PASSWORD_PEPPER', '--from-version', before] as const
      // Of the store's own law 64 race; these show that nothing comes between.
      const raced = await Promise.all(Array.from({ length: 6 }, () => lean.corbel(...rotate)))
      expect(
        raced.filter(({ data }) => (data as { rotated?: boolean } | undefined)?.rotated === true),
      ).toHaveLength(1)
      expect(await lean.corbel(...rotate)).toMatchObject({ code: 0, data: { rotated: false } })
      expect(await lean.corbel('secrets', 'verify')).toMatchObject({ code: 0 })

      // The pepper before stays good for the hashes that it made.
      const check = `process.exit(/^v2:[^,]{32,},v1:${pepper}$/.test(process.env.AUTH_PASSWORD_PEPPER) ? 42 : 1)`
      const words = ['env', 'run', '--secrets', '--config', config, '--', process.execPath, '-e', check]
      expect((await runCli(words, { env: without, cwd: folder, config: null })).code).toBe(42)
      expect(await lean.corbel('secrets', 'rotate', 'RESEND_API_KEY')).toMatchObject({ code: 3 })
      expect(await lean.corbel('secrets', 'rotate', 'NOBODYS')).toMatchObject({ code: 2 })
    },
  )
})

it.each(Object.entries(otherWaysIn))('%s', { timeout: 60_000 }, async (_name, envOf) => {
  vault.kv.clear()
  const { corbel } = program(envOf())
  expect(await corbel('secrets', 'onboard')).toMatchObject({ code: 0, data: { brought: { length: 3 } } })
  expect(await corbel('secrets', 'verify')).toMatchObject({ code: 0, data: { stored: { length: 3 } } })
})

const versionOf = ({ data }: { readonly data: unknown }): string =>
  (data as { secrets: readonly { name: string; version: string }[] }).secrets.find(
    ({ name }) => name === 'AUTH_PASSWORD_PEPPER',
  )?.version ?? ''

it('says what is wrong with the store, and shows no secret', async () => {
  const bad = { ...role, VAULT_SECRET_ID: 'a wrong secret id' }
  expect(await program(inVault(vault.address, bad)).corbel('secrets', 'status')).toMatchObject({ code: 4 })
  expect(await program(inVault('http://127.0.0.1:9', role)).corbel('secrets', 'verify')).toMatchObject({
    code: 9,
  })
  expect(await program(inVault(vault.address, {})).corbel('secrets', 'verify')).toMatchObject({ code: 7 })
  expect(await program(base()).corbel('secrets', 'status')).toMatchObject({ code: 3 })
  const starter = {
    CORBEL_PROFILE: 'production',
    AUTH_PASSWORD_PEPPER: 'changeme-changeme-changeme-changeme',
  }
  const { data, code } = await program(inVault(vault.address, { ...role, ...starter })).corbel(
    'secrets',
    'onboard',
  )
  expect({ code, data }).toEqual({ code: 7, data: undefined })
  vault.state.sealed = true
  expect(await program(inVault(vault.address, role)).corbel('secrets', 'status')).toMatchObject({ code: 9 })
  vault.state.sealed = false
  for (const secret of [
    ...Object.values(peppers),
    ...Object.values(role).slice(1),
    credentials.jwt,
    'a wrong secret id',
  ])
    expect(said).not.toContain(secret)
})

/** Runs the program against Vault and kills it at a write: before that arrives, or when it is done and not yet told. */
async function killedAtWrite(write: number, forwarded: boolean, ...argv: readonly string[]): Promise<Env> {
  let writes = 0
  const started: ReturnType<typeof spawn>[] = []
  const between = createServer((request, response) => {
    const isKill = request.method === 'POST' && request.url?.includes('/data/') === true && ++writes === write
    if (isKill && !forwarded) return void started[0]?.kill('SIGKILL')
    const { host: _, ...headers } = request.headers
    const target = `${vault.address}${request.url}`
    const onward = forward(target, { method: request.method, headers }, (answer) => {
      if (isKill) return void started[0]?.kill('SIGKILL')
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(between, 'listening')
  const env = inVault(`http://127.0.0.1:${(between.address() as AddressInfo).port}`, role)
  const bin = join(import.meta.dirname, '../../packages/cli/src/bin.ts')
  const child = spawn(process.execPath, ['--conditions=@corbel/source', bin, ...argv, '--config', config], {
    env,
    cwd: folder,
    stdio: 'ignore',
  })
  started.push(child)
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  between.close()
  between.closeAllConnections()
  expect(signal).toBe('SIGKILL')
  return { ...env, VAULT_ADDR: vault.address }
}

const moments = [
  ['before a write arrives', false],
  ['after a write was done and before it is told', true],
] as const

it.each(moments)(
  'onboarding that is killed %s goes on, and nothing is written twice',
  { timeout: 120_000 },
  async (_when, forwarded) => {
    vault.kv.clear()
    const env = await killedAtWrite(forwarded ? 2 : 1, forwarded, 'secrets', 'onboard')
    expect(await program(env).corbel('secrets', 'onboard')).toMatchObject({ code: 0 })
    expect([...vault.kv.values()].map(({ versions }) => versions.length)).toEqual([1, 1, 1])
  },
)

it.each(moments)(
  'a rotation that is killed %s comes to the same end, with one more version',
  { timeout: 120_000 },
  async (_when, forwarded) => {
    vault.kv.clear()
    const before = inVault(vault.address, role)
    expect(await program(before).corbel('secrets', 'onboard')).toMatchObject({ code: 0 })
    const rotate = ['secrets', 'rotate', 'AUTH_PASSWORD_PEPPER', '--from-version', '1'] as const
    const { AUTH_PASSWORD_PEPPER: _, ...env } = await killedAtWrite(1, forwarded, ...rotate)
    expect(await program(env).corbel(...rotate)).toMatchObject({
      code: 0,
      data: { version: '2', rotated: !forwarded },
    })
    expect(await program(env).corbel('secrets', 'verify')).toMatchObject({ code: 0 })
    const entries = [...vault.kv].map(([path, { versions }]) => [path.split('/').at(-1), versions.length])
    expect(Object.fromEntries(entries)).toEqual({
      'auth-password-pepper': 2,
      'auth-refresh-token-pepper': 1,
      'resend-api-key': 1,
    })
  },
)
