import { newId, Secret, secretStoreConformance } from '@corbel/core/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { infisicalSecretStore } from './infisical-secret-store.ts'
import { infisicalIdentity, infisicalServer } from './infisical-server.fixture.ts'

recordBackend('Infisical (a faithful fake)')

let server: Awaited<ReturnType<typeof infisicalServer>>
beforeAll(async () => void (server = await infisicalServer()))
afterAll(() => server.close())

const open = (path = '/', more: { readonly clientSecret?: string; readonly environment?: string } = {}) => {
  const { clientSecret, ...identity } = { ...infisicalIdentity, ...more }
  return infisicalSecretStore({
    ...identity,
    path,
    baseUrl: server.address,
    clientSecret: new Secret(clientSecret),
  })
}
const folder = (): string => {
  const path = `/${newId('tst')}`
  server.folders.set(path, new Map())
  return path
}

secretStoreConformance(
  conforming('secret store', 'Infisical (a faithful fake)'),
  async (initial) => {
    const path = folder()
    const store = open(path)
    for (const [key, value] of Object.entries(initial)) await store.put(key, new Secret(value), null)
    return { store, another: async () => open(path), atRest: null, spoil: null }
  },
  { noMedium: 'what lies at rest is sealed by Infisical', lastWriteWins: true },
)

test('values lie there as people know them, and one with the look of ours comes back as it is', async () => {
  const path = folder()
  await open(path).put('plain', new Secret('sk_live_1'), null)
  await open(path).put('odd', new Secret('corbel-base64:eA=='), null)
  expect(server.folders.get(path)?.get('plain')?.value).toBe('sk_live_1')
  expect((await open(path).get('odd'))?.value.reveal()).toBe('corbel-base64:eA==')
})

test('a wrong secret, another environment and a folder that is missing are told apart', async () => {
  const failed = await open('/', { clientSecret: 'a wrong secret' })
    .get('name')
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ failure: 'denied', status: 401 })
  expect(`${String(failed)}${JSON.stringify(failed)}`).not.toContain('a wrong secret')
  await expect(open('/', { environment: 'dev' }).check?.()).rejects.toMatchObject({ failure: 'denied' })
  await expect(open('/absent').check?.()).rejects.toMatchObject({ failure: 'refused', status: 404 })
  await expect(open('/absent').put('name', new Secret('x'), null)).rejects.toMatchObject({ status: 404 })
})

test('a write that waits for an approval is no success', async () => {
  const path = folder()
  server.state.approvals = true
  try {
    await expect(open(path).put('name', new Secret('x'), null)).rejects.toThrow(/waits for an approval/)
  } finally {
    server.state.approvals = false
  }
  expect(server.folders.get(path)?.size).toBe(0)
})

test('a creation that another one overtook is a conflict', async () => {
  const path = folder()
  server.failNext(/GET/, server.error(404, 'NotFound'))
  server.folders.get(path)?.set('name', { value: 'theirs', version: 1 })
  await expect(open(path).put('name', new Secret('ours'), null)).rejects.toMatchObject({
    code: 'secret-store/conflict',
  })
  expect(server.folders.get(path)?.get('name')?.value).toBe('theirs')
})
