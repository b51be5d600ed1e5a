import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { newId, Secret, secretStoreConformance } from '@corbel/core/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { awsSecretStore } from './aws-secret-store.ts'
import { awsKey, awsServer } from './aws-server.fixture.ts'

recordBackend('AWS Secrets Manager (a faithful fake)')

let server: Awaited<ReturnType<typeof awsServer>>
const clients: SecretsManagerClient[] = []
beforeAll(async () => void (server = await awsServer()))
afterAll(async () => {
  for (const client of clients) client.destroy()
  await server.close()
})

function open(folder = 'corbel', key: Partial<typeof awsKey> = {}, endpoint = server.address) {
  const client = new SecretsManagerClient({
    region: server.region,
    endpoint,
    credentials: { ...awsKey, ...key },
  })
  clients.push(client)
  return awsSecretStore({ client, folder })
}

secretStoreConformance(
  conforming('secret store', 'AWS Secrets Manager (a faithful fake)'),
  async (initial) => {
    const folder = newId('tst')
    const own = open(folder)
    for (const [key, value] of Object.entries(initial)) await own.put(key, new Secret(value), null)
    return { store: own, another: async () => open(folder), atRest: null, spoil: null }
  },
  { noMedium: 'what lies at rest is sealed by AWS' },
)

test('a write that was interrupted before it was in force is not read, and the next one goes on', async () => {
  const store = open('interrupted')
  const first = await store.put('name', new Secret('first'), null)
  server.failNext(/UpdateSecretVersionStage/, server.exception('AccessDeniedException'))
  await expect(store.put('name', new Secret('second'), first.version)).rejects.toMatchObject({
    name: 'ServiceError',
    failure: 'denied',
  })
  expect((await store.get('name'))?.value.reveal()).toBe('first')
  const third = await store.put('name', new Secret('third'), first.version)
  expect(await store.get('name')).toMatchObject({ version: third.version })
  const stages = [...(server.secrets.get('interrupted/name')?.values() ?? [])].map(({ stages }) => [
    ...stages,
  ])
  expect(stages).toEqual([['AWSPREVIOUS'], [], ['AWSPENDING', 'AWSCURRENT']])
})

test.each(['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage'])(
  '%s that is repeated after a lost answer writes once, and is a success',
  async (operation) => {
    const store = open(operation)
    const lose = (): void =>
      server.failNext(
        new RegExp(operation),
        { status: 500, body: { __type: 'InternalServiceError' } },
        { after: true },
      )
    lose()
    const { version } = await store.put('name', new Secret('first'), null)
    lose()
    const second = await store.put('name', new Secret('second'), version)
    expect(await store.get('name')).toMatchObject({ version: second.version })
    expect(server.secrets.get(`${operation}/name`)?.size).toBe(2)
    server.failNext(/never/, { status: 500 })
  },
)

test('throttled for a moment it goes on; throttled for longer it says so', async () => {
  const store = open('throttled')
  server.failNext(/CreateSecret/, server.exception('ThrottlingException'), { times: 1 })
  await store.put('name', new Secret('value'), null)
  server.failNext(/GetSecretValue/, server.exception('ThrottlingException'), { times: 9 })
  await expect(store.get('name')).rejects.toMatchObject({ failure: 'throttled' })
  server.failNext(/never/, { status: 500 })
})

test('a wrong key, a missing right and no answer are told apart, and never as an empty store', async () => {
  await expect(open('corbel', { secretAccessKey: 'a wrong key' }).get('name')).rejects.toMatchObject({
    failure: 'denied',
    service: 'AWS Secrets Manager',
  })
  server.failNext(/ListSecrets/, server.exception('AccessDeniedException'))
  await expect(open().check?.()).rejects.toMatchObject({ failure: 'denied' })
  await expect(open('corbel', {}, 'http://127.0.0.1:9').get('name')).rejects.toMatchObject({
    failure: 'unreachable',
    status: null,
  })
})

test('more secrets than one page are all listed', async () => {
  const store = open('pages')
  const names = Array.from({ length: 101 }, (_, index) => `n/${index}`)
  await Promise.all(names.map((name) => store.put(name, new Secret('x'), null)))
  expect(await store.list('n/')).toEqual(names.toSorted())
})
