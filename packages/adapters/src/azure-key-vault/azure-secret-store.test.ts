import { manualClock, newId, Secret, secretStoreConformance } from '@corbel/core/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import {
  type AzureAuth,
  azureClientSecret,
  azureManagedIdentity,
  azureWorkloadIdentity,
} from './azure-auth.ts'
import { azureSecretStore } from './azure-secret-store.ts'
import { azureApp, azureServer } from './azure-server.fixture.ts'

recordBackend('Azure Key Vault (a faithful fake)')

let server: Awaited<ReturnType<typeof azureServer>>
beforeAll(async () => void (server = await azureServer()))
afterAll(() => server.close())

const { tenantId, clientId } = azureApp
const bySecret = (secret: string = azureApp.secret): AzureAuth =>
  azureClientSecret({ tenantId, clientId, secret: new Secret(secret), authority: server.address })
const open = (folder = 'corbel', auth = bySecret()) =>
  azureSecretStore({ vaultUrl: server.address, auth, folder })

secretStoreConformance(
  conforming('secret store', 'Azure Key Vault (a faithful fake)'),
  async (initial) => {
    server.secrets.clear()
    const folder = newId('tst').replaceAll('_', '-')
    const store = open(folder)
    for (const [key, value] of Object.entries(initial)) await store.put(key, new Secret(value), null)
    return { store, another: async () => open(folder), atRest: null, spoil: null }
  },
  { noMedium: 'what lies at rest is sealed by Azure', lastWriteWins: true, mostBytes: 25_000 },
)

test('it signs in with a secret, with the token of a workload, and as the machine', async () => {
  const before = server.state.signIns
  const token = async () => new Secret(azureApp.workloadToken)
  await open().check?.()
  await open(
    'corbel',
    azureWorkloadIdentity({ tenantId, clientId, token, authority: server.address }),
  ).check?.()
  await open('corbel', azureManagedIdentity({ endpoint: server.address })).check?.()
  expect(server.state.signIns - before).toBe(3)
})

test('64 requests at once sign in once, and once more when the token is refused or near its end', async () => {
  const clock = manualClock()
  const store = azureSecretStore({ vaultUrl: server.address, auth: bySecret(), clock })
  const before = server.state.signIns
  const many = () => Promise.all(Array.from({ length: 64 }, () => store.get('name')))
  await many()
  expect(server.state.signIns - before).toBe(1)
  server.endTokens()
  await many()
  expect(server.state.signIns - before).toBe(2)
  clock.advance('59m')
  clock.advance('1m')
  await many()
  expect(server.state.signIns - before).toBe(3)
})

test('a refused credential is told without it, and so is a missing right', async () => {
  const failed = await open('corbel', bySecret('a wrong secret'))
    .get('name')
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ failure: 'denied', service: 'Microsoft Entra ID' })
  expect(`${String(failed)}${JSON.stringify(failed)}`).not.toContain('a wrong secret')
  server.failNext(/PUT/, server.error(403, 'Forbidden'))
  await expect(open().put('name', new Secret('x'), null)).rejects.toMatchObject({
    failure: 'denied',
    message: 'Azure Key Vault answered 403 (Forbidden) to PUT /secrets/corbel--name.',
  })
})

test('asked too often it waits as it is told, and gives up when that is too long', async () => {
  const store = open('throttled')
  const throttled = (seconds: string) => ({
    ...server.error(429, 'Throttled'),
    headers: { 'retry-after': seconds },
  })
  server.failNext(/PUT/, throttled('0'), { times: 2 })
  await store.put('name', new Secret('value'), null)
  expect(server.secrets.get('throttled--name')).toHaveLength(1)
  server.failNext(/GET/, throttled('120'))
  await expect(store.get('name')).rejects.toMatchObject({ failure: 'throttled', retryAfter: 120 })
})

test('a write whose answer is lost is not sent again', async () => {
  const store = open('lost')
  server.failNext(/PUT/, { status: 0 }, { after: true })
  await expect(store.put('name', new Secret('value'), null)).rejects.toMatchObject({ failure: 'unreachable' })
  expect(server.secrets.get('lost--name')).toHaveLength(1)
  await expect(store.put('name', new Secret('value'), null)).rejects.toMatchObject({
    code: 'secret-store/conflict',
  })
})

test('a secret that was deleted and not purged is none, and is not written over', async () => {
  const store = open('deleted')
  await store.put('name', new Secret('value'), null)
  server.deleted.add('deleted--name')
  expect(await store.get('name')).toBeNull()
  await expect(store.put('name', new Secret('other'), null)).rejects.toMatchObject({ status: 409 })
})
