import { generateKeyPairSync } from 'node:crypto'
import { newId, Secret, secretStoreConformance } from '@corbel/core/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { gcpMetadata, gcpServiceAccount } from './gcp-auth.ts'
import { gcpSecretStore } from './gcp-secret-store.ts'
import { gcpAccount, gcpServer } from './gcp-server.fixture.ts'

recordBackend('Google Secret Manager (a faithful fake)')

let server: Awaited<ReturnType<typeof gcpServer>>
beforeAll(async () => void (server = await gcpServer()))
afterAll(() => server.close())

const byKey = (pem = gcpAccount.privateKey) =>
  gcpServiceAccount({
    clientEmail: gcpAccount.clientEmail,
    privateKey: new Secret(pem),
    tokenUri: `${server.address}/token`,
  })
const open = (folder = 'corbel', auth = byKey()) =>
  gcpSecretStore({ project: server.project, auth, folder, baseUrl: server.address })

secretStoreConformance(
  conforming('secret store', 'Google Secret Manager (a faithful fake)'),
  async (initial) => {
    const folder = newId('tst').replaceAll('_', '-')
    const store = open(folder)
    for (const [key, value] of Object.entries(initial)) await store.put(key, new Secret(value), null)
    return { store, another: async () => open(folder), atRest: null, spoil: null }
  },
  { noMedium: 'what lies at rest is sealed by Google' },
)

test('it signs in by a key and as the machine, and a wrong key is denied without being told', async () => {
  await open().check?.()
  await open('corbel', gcpMetadata(server.address)).check?.()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const failed = await open('corbel', byKey(other))
    .get('name')
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ failure: 'denied', service: 'Google OAuth 2.0' })
  expect(JSON.stringify(failed)).not.toContain('PRIVATE')
})

test.each([
  ['before the first version', /addVersion/, 0],
  ['before the version is in force', /PATCH/, 1],
])('a first write that is interrupted %s is none, and the next one goes on', async (_when, request, left) => {
  const folder = newId('tst').replaceAll('_', '-')
  server.failNext(request, server.error(403, 'PERMISSION_DENIED'))
  await expect(open(folder).put('name', new Secret('first'), null)).rejects.toMatchObject({
    failure: 'denied',
  })
  expect(await open(folder).get('name')).toBeNull()
  expect(await open(folder).list('')).toEqual([])
  const { version } = await open(folder).put('name', new Secret('second'), null)
  expect(version).toBe(String(left + 1))
  expect((await open(folder).get('name'))?.value.reveal()).toBe('second')
})

test('an alias that somebody else has set stays', async () => {
  const store = open('aliases')
  const { version } = await store.put('name', new Secret('first'), null)
  const secret = server.secrets.get('aliases_name')
  if (secret) secret.versionAliases = { ...secret.versionAliases, theirs: '1' }
  await store.put('name', new Secret('second'), version)
  expect(secret?.versionAliases).toEqual({ theirs: '1', corbel: '2' })
})

test('more secrets than one page are all listed, and a service that is busy or away is no empty store', async () => {
  const store = open('pages')
  const names = Array.from({ length: 251 }, (_, index) => `n/${index}`)
  await Promise.all(names.map((name) => store.put(name, new Secret('x'), null)))
  expect(await store.list('n/')).toEqual(names.toSorted())
  server.failNext(/GET/, { ...server.error(429, 'RESOURCE_EXHAUSTED'), headers: { 'retry-after': '60' } })
  await expect(store.get('n/1')).rejects.toMatchObject({ failure: 'throttled' })
  const away = gcpSecretStore({ project: server.project, auth: byKey(), baseUrl: 'http://127.0.0.1:9' })
  await expect(away.get('name')).rejects.toMatchObject({ failure: 'unreachable' })
})
