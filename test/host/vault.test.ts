import { afterEach, describe, expect, it } from 'vitest'
import { credentials, vaultServer } from '../../packages/adapters/src/vault/vault-server.fixture.ts'
import { runScript, spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { get, register, signIn } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const startLimit = 120_000
const password = 'a password of some length'
const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

const settings = (address: string) => ({
  CORBEL_DATA_DIR: tempFolder(),
  AUTH_KEY_STORAGE_BACKEND: 'vault',
  VAULT_ADDR: address,
  VAULT_ROLE_ID: credentials.roleId,
  VAULT_SECRET_ID: credentials.secretId,
})

describe('a host with its keys in Vault', { timeout: startLimit }, () => {
  it.each([
    ['as one secret', {}],
    ['in Transit', { VAULT_TRANSIT_KEY: 'corbel' }],
  ])('signs with them, %s, also after a restart', async (_, transit) => {
    const vault = await vaultServer()
    const env = { ...settings(vault.address), ...transit }
    closing.push(() => vault.close())
    const first = await spawnHost(env)
    closing.push(() => first.end('SIGKILL'))
    await register(first.url, 'ada@example.com', password)
    const token = await signIn(first.url, 'ada@example.com', password)
    await first.end('SIGTERM')

    const second = await spawnHost(env)
    closing.push(() => second.end('SIGKILL'))
    expect((await get(second.url, '/api/v1/auth/me', token ?? '')).status).toBe(200)
  })

  it('says before it starts that it has no way to sign in', async () => {
    const { VAULT_SECRET_ID: _, ...env } = settings('http://127.0.0.1:1')
    const { code, stderr } = await runScript('main.ts', env)
    expect(code).toBe(1)
    expect(stderr).toContain('VAULT_TOKEN')
    expect(stderr).toContain('VAULT_ROLE_ID and VAULT_SECRET_ID')
    expect(stderr).toContain('VAULT_JWT_ROLE')
  })
})
