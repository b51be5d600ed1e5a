import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  keyStoreConformance,
  keyVaultConformance,
  localKeyVault,
  manualClock,
  newId,
  Secret,
  secretStoreConformance,
} from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { tlsFetch } from './tls-fetch.ts'
import { appRole, certificateAuth, jwtAuth, type VaultAuth, vaultToken } from './vault-auth.ts'
import { VaultClient } from './vault-client.ts'
import { vaultKeyStore } from './vault-key-store.ts'
import { vaultSecretStore } from './vault-secret-store.ts'
import { credentials, vaultServer } from './vault-server.fixture.ts'
import { vaultKeyVault } from './vault-transit.ts'

const { roleId, secretId, role, jwt } = credentials
const byRole = appRole({ roleId, secretId: new Secret(secretId) })

let server: Awaited<ReturnType<typeof vaultServer>>
beforeAll(async () => {
  server = await vaultServer()
})
afterAll(() => server.close())

const connect = (auth: VaultAuth = byRole, clock = manualClock(new Date(server.state.now))) =>
  new VaultClient({ address: server.address, auth, clock })

/** A Vault in development mode: `VAULT_ADDR`, `VAULT_TOKEN`, with `secret/` (version 2) and `transit/` mounted. */
const { VAULT_ADDR: realAddress, VAULT_TOKEN: realToken = '' } = process.env
const real = realAddress
  ? new VaultClient({ address: realAddress, auth: vaultToken(new Secret(realToken)) })
  : null

const targets = [
  ['a faithful fake', () => connect()],
  ...(real ? [['a real Vault', () => real] as const] : []),
] as readonly (readonly [string, () => VaultClient])[]

describe.each(targets)('%s', (name, open) => {
  recordBackend(`vault (${name})`)
  const noMedium = 'what lies at rest is sealed by Vault itself'
  const mediumless = { atRest: null, spoil: null }

  describe('vaultSecretStore', () =>
    secretStoreConformance(
      conforming('secret store', name),
      async (initial) => {
        const folder = `corbel/${newId('tst')}`
        const store = () => vaultSecretStore({ client: open(), folder })
        for (const [key, value] of Object.entries(initial)) await store().put(key, new Secret(value), null)
        return { store: store(), another: async () => store(), ...mediumless }
      },
      { noMedium },
    ))

  describe('vaultKeyStore', () =>
    keyStoreConformance(
      conforming('key store', name),
      async () => {
        const path = `corbel/${newId('tst')}`
        const store = () => vaultKeyStore({ client: open(), path })
        return { store: store(), another: async () => store(), ...mediumless }
      },
      { noMedium },
    ))

  describe('localKeyVault over it', () =>
    keyVaultConformance(conforming('key vault', `local over ${name}`), async () => {
      const path = `corbel/${newId('tst')}`
      const vault = (at: string) => localKeyVault({ store: vaultKeyStore({ client: open(), path: at }) })
      return { vault: vault(path), another: async () => vault(path), stranger: async () => vault(`${path}x`) }
    }))

  describe('vaultKeyVault', () =>
    keyVaultConformance(conforming('key vault', name), async () => {
      const key = newId('tst')
      const vault = (of: string) => vaultKeyVault({ client: open(), name: of })
      return { vault: vault(key), another: async () => vault(key), stranger: async () => vault(`${key}x`) }
    }))
})

describe('signing in to Vault', () => {
  test('with a role, with a token of the workload', async () => {
    const before = server.state.logins
    await connect().check()
    await connect(jwtAuth({ role, jwt: async () => new Secret(jwt) })).check()
    expect(server.state.logins - before).toBe(2)
  })

  test('a refused credential is told without it', async () => {
    const client = connect(appRole({ roleId, secretId: new Secret('a wrong secret id') }))
    const [result] = await Promise.allSettled([client.check()])
    expect(String(result?.status === 'rejected' && result.reason)).toBe(
      'VaultError: Vault answered 400 to POST auth/approle/login.',
    )
    expect(JSON.stringify(result)).not.toContain('wrong secret id')
  })

  test('64 requests at once sign in once, and once more when the token was revoked', async () => {
    const client = connect()
    const before = server.state.logins
    const many = () => Promise.all(Array.from({ length: 64 }, () => client.check()))
    await many()
    expect(server.state.logins - before).toBe(1)
    server.revokeAll()
    await many()
    expect(server.state.logins - before).toBe(2)
  })

  test('the token is renewed after two thirds of its life, and one that has ended is replaced', async () => {
    const clock = manualClock(new Date(server.state.now))
    const client = connect(byRole, clock)
    const pass = async (time: '39m' | '3m' | '61m') => {
      const before = clock.now().getTime()
      clock.advance(time)
      server.state.now += clock.now().getTime() - before
      await client.check()
      await client.check()
    }
    await client.check()
    const { logins, renewals } = server.state
    await pass('39m')
    expect(server.state.renewals - renewals).toBe(0)
    await pass('3m')
    expect([server.state.renewals - renewals, server.state.logins - logins]).toEqual([1, 0])
    await pass('39m')
    expect(server.state.logins - logins).toBe(0)
    await pass('61m')
    expect(server.state.logins - logins).toBe(1)
  })

  test('with a certificate', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'corbel-vault-'))
    const at = (name: string) => join(folder, name)
    const make = (name: string, ...more: string[]) =>
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
          '-keyout',
          at(`${name}.key`),
          '-out',
          at(`${name}.crt`),
          ...more,
        ],
        { stdio: 'ignore' },
      )
    try {
      make('vault', '-addext', 'subjectAltName=IP:127.0.0.1')
      make('client')
    } catch {
      rmSync(folder, { recursive: true })
      return skip('there is no openssl to make certificates with')
    }
    const pem = (name: string) => readFileSync(at(name), 'utf8')
    const tls = await vaultServer({
      cert: pem('vault.crt'),
      key: pem('vault.key'),
      ca: pem('client.crt'),
      requestCert: true,
      rejectUnauthorized: false,
    })
    try {
      const client = (more: object) =>
        new VaultClient({
          address: tls.address,
          auth: certificateAuth(),
          fetch: tlsFetch({ ca: pem('vault.crt'), ...more }),
        })
      await client({ cert: pem('client.crt'), key: pem('client.key') }).check()
      await expect(client({}).check()).rejects.toMatchObject({ status: 400 })
      await expect(
        new VaultClient({ address: tls.address, auth: certificateAuth(), fetch: tlsFetch({}) }).check(),
      ).rejects.toMatchObject({ status: null })
    } finally {
      await tls.close()
      rmSync(folder, { recursive: true })
    }
  })
})

test('a Vault that is sealed, or away, is an error and not an empty store', async () => {
  const client = connect()
  await client.check()
  server.state.sealed = true
  try {
    await expect(vaultSecretStore({ client }).get('name')).rejects.toMatchObject({ status: 503 })
    await expect(vaultKeyStore({ client }).read()).rejects.toMatchObject({ status: 503 })
    await expect(vaultKeyVault({ client, name: 'away' }).open('vt1.1.AAAA', '')).rejects.toMatchObject({
      status: 503,
    })
  } finally {
    server.state.sealed = false
  }
  const nobody = new VaultClient({ address: 'http://127.0.0.1:1', auth: byRole })
  await expect(vaultKeyStore({ client: nobody }).read()).rejects.toMatchObject({ status: null })
})

test('a secret that was deleted in Vault is none, and can be written again', async () => {
  const store = vaultSecretStore({ client: connect(), folder: 'corbel/deleted' })
  await store.put('name', new Secret('first'), null)
  const last = server.kv.get('corbel/deleted/name')?.versions.at(-1)
  if (last) last.deleted = true
  expect(await store.get('name')).toBeNull()
  expect((await store.put('name', new Secret('second'), null)).version).toBe('2')
  expect((await store.get('name'))?.value.reveal()).toBe('second')
})

test('a rotated key is published first, then signs, and is gone below the least version', async () => {
  const clock = manualClock(new Date(server.state.now))
  const vault = vaultKeyVault({ client: connect(byRole, clock), name: 'rotated', publishFor: '10m', clock })
  const { kid: first } = await vault.signer()
  server.rotate('rotated-sign')
  await vault.refresh?.()
  expect((await vault.signer()).kid).toBe(first)
  const [, second] = await vault.publicKeys()
  clock.advance('10m')
  expect((await vault.signer()).kid).toBe(second?.kid)
  expect(await vault.publicKeys()).toHaveLength(2)
  server.removeBelow('rotated-sign', 2)
  await vault.refresh?.()
  expect(await vault.publicKeys()).toEqual([second])
})
