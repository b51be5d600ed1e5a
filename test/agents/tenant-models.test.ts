import diagnostics from 'node:diagnostics_channel'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { openaiVendor } from '@corbel/adapters/openai'
import type { AgentRunView, ChatReply, ProviderSetting, ProviderTest } from '@corbel/agents'
import { vendorModels } from '@corbel/agents/ports'
import { Secret } from '@corbel/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { backends, openTimeout, postgresUrl } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { fakeOpenai } from './fake-openai.fixture.ts'

type Fake = Awaited<ReturnType<typeof fakeOpenai>>

/** What takes a base URL, a key or a proxy from the environment finds these, and is heard. */
async function setTraps() {
  let connections = 0
  const server: Server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const name of [
    'OPENAI_BASE_URL',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'http_proxy',
    'https_proxy',
  ])
    vi.stubEnv(name, address)
  for (const name of ['API_KEY', 'ORG_ID', 'PROJECT_ID', 'ADMIN_KEY', 'WEBHOOK_SECRET'])
    vi.stubEnv(`OPENAI_${name}`, `trap-${name}`)
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  vi.stubEnv('NO_PROXY', '')
  return {
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

const databasePort = Number(new URL((await postgresUrl()) ?? 'postgres://none:0').port)

/** Every connection that this process opens but those to its database, by where it leads. */
function recordConnections() {
  const ports: (number | undefined)[] = []
  const note = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    socket.once('connect', () => {
      if (socket.remotePort !== databasePort) ports.push(socket.remotePort)
    })
  }
  diagnostics.subscribe('net.client.socket', note)
  return { ports, stop: () => diagnostics.unsubscribe('net.client.socket', note) }
}

const path = '/api/v1/settings'

// What is stored is the law of the repositories, on every storage.
describe.each((await backends()).slice(-1))('whose models answer on %s', (backend) => {
  let app: AgentsApp
  let [own, other, platform, canary]: Fake[] = []
  let traps: Awaited<ReturnType<typeof setTraps>>
  let people: readonly [Person, Person, Person]

  beforeAll(async () => {
    ;[own, other, platform] = await Promise.all(
      ['Ada.', 'Eve.', 'The platform.'].map((text) => fakeOpenai(text)),
    )
    canary = await fakeOpenai('Nobody.', '127.0.0.2')
    const fetch = streamingFetch({ allow: ['127.0.0.1'] })
    const vendor = openaiVendor({ fetch })
    const credentials = { apiKey: new Secret('key-of-the-platform'), baseUrl: platform?.baseURL ?? '' }
    app = await agentsApp(
      backend,
      { AGENT_MODEL_DEFAULT: 'gpt-same' },
      { models: vendorModels(new Map([['openai', vendor.connect(credentials)]])), vendors: [vendor] },
    )
    people = [await app.person('ada'), await app.person('eve'), await app.person('sam')]
  }, openTimeout)
  afterAll(async () => {
    await app.close()
    for (const fake of [own, other, platform, canary]) await fake?.close()
  })
  beforeEach(async () => {
    traps = await setTraps()
    for (const fake of [own, other, platform, canary]) fake?.calls.splice(0)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    await traps.close()
  })

  const say = async ({ token }: Person, message: string) =>
    (await app.send<ChatReply>('POST', '/api/v1/chat', token, { message, clientMessageId: 'same' })).body
  const set = async ({ token }: Person, apiKey: string, baseUrl: string | undefined) =>
    (await app.send<ProviderSetting>('POST', path, token, { provider: 'openai', apiKey, baseUrl })).body
  const portOf = (fake: Fake | undefined) => Number(new URL(fake?.baseURL ?? '').port)

  test('two tenants at once, each with its own key, reach their own server and nobody else', async () => {
    const [ada, eve] = people
    await set(ada, 'key-of-ada-4711', own?.baseURL)
    await set(eve, 'key-of-eve-0815', other?.baseURL)
    const used: unknown[] = []
    vi.stubGlobal('fetch', (input: unknown) => {
      used.push(input)
      return Promise.reject(new Error('The global fetch was used.'))
    })
    const recorded = recordConnections()
    const said = await Promise.all(
      [ada, eve, ada, eve, ada, eve].map((who, n) =>
        say(who, `secret-of-${who.name}`).then(({ message }) => [n % 2, message]),
      ),
    )
    recorded.stop()
    expect(new Set(said.map((each) => each.join()))).toEqual(new Set(['0,Ada.', '1,Eve.']))
    for (const [fake, who, foreign] of [
      [own, 'ada', 'eve'],
      [other, 'eve', 'ada'],
    ] as const) {
      expect(fake?.calls).toHaveLength(3)
      for (const call of fake?.calls ?? []) {
        const told = JSON.stringify(call)
        expect(call.headers.authorization).toMatch(new RegExp(`^Bearer key-of-${who}-\\d{4}$`))
        expect(told).toContain(`secret-of-${who}`)
        for (const trace of [foreign, 'trap', 'platform']) expect(told).not.toContain(trace)
      }
    }
    expect([platform?.calls.length, canary?.calls.length, traps.connections(), used]).toEqual([0, 0, 0, []])
    expect(recorded.ports.length).toBeGreaterThan(0)
    expect(new Set(recorded.ports)).toEqual(new Set([portOf(own), portOf(other)]))
  })

  test('the next run has what was changed, switched off or removed since', async () => {
    const [ada] = people
    const { body } = await app.send<ProviderSetting>('GET', `${path}/provider/openai`, ada.token)
    const change = (fields: object) => app.send('PUT', `${path}/${body.id}`, ada.token, fields)
    await change({ apiKey: 'key-of-ada-4712' })
    expect((await say(ada, 'again')).message).toBe('Ada.')
    expect(own?.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-of-ada-4712'])
    await change({ active: false })
    const off = await say(ada, 'and now?')
    expect([off.status, off.errorCode]).toEqual(['failed', 'models/not-configured'])
    expect([own?.calls.length, platform?.calls.length]).toEqual([1, 0])
    await app.send('DELETE', `${path}/${body.id}`, ada.token)
    expect((await say(ada, 'and now?')).message).toBe('The platform.')
  })

  test("the platform's account is used only by those who may", async () => {
    const [, , sam] = people
    expect((await say(sam, 'hello')).message).toBe('The platform.')
    expect(platform?.calls[0]?.headers.authorization).toBe('Bearer key-of-the-platform')
    await app.send('PUT', `${path}/policy`, sam.token, { platformKey: false })
    const refused = await say(sam, 'hello')
    expect([refused.status, refused.errorCode]).toEqual(['failed', 'models/not-configured'])
    const { body } = await app.send<AgentRunView>('GET', `/api/v1/agent-runs/${refused.runId}`, sam.token)
    expect(body.usage).toMatchObject({ calls: 0, inputTokens: 0 })
    expect(platform?.calls).toHaveLength(1)
  })

  test('an address inside the network is not reached, and the conversation stays usable', async () => {
    const [, , sam] = people
    const { id } = await set(sam, 'key-of-sam-0000', canary?.baseURL)
    const inside = await say(sam, 'hello')
    expect([inside.status, inside.errorCode]).toEqual(['failed', 'model_failed'])
    expect(canary?.calls).toEqual([])
    await app.send('PUT', `${path}/${id}`, sam.token, { baseUrl: own?.baseURL })
    const next = { message: 'hello', conversationId: inside.conversationId }
    expect((await app.send<ChatReply>('POST', '/api/v1/chat', sam.token, next)).body.message).toBe('Ada.')
  })

  test('a key is tried and asked for its models, and nothing of the answer but their names is shown', async () => {
    const [, eve, sam] = people
    type Tested = ProviderTest & { readonly code?: string }
    const list = ({ token }: Person) =>
      app.send<{ readonly data: readonly string[] } & Tested>('GET', `${path}/models/openai`, token)
    const setting = async ({ token }: Person) =>
      (await app.send<ProviderSetting>('GET', `${path}/provider/openai`, token)).body
    const tried = ({ token }: Person, id: string) => app.send<Tested>('POST', `${path}/${id}/test`, token)
    const { id } = await setting(sam)
    const change = (fields: object) => app.send('PUT', `${path}/${id}`, sam.token, fields)

    expect((await list(sam)).body.data).toEqual(['gpt-a', 'gpt-b'])
    expect((await tried(sam, id)).body).toMatchObject({ passed: true, problem: null })
    expect(await setting(sam)).toMatchObject({ testPassed: true })
    // Before it is used.
    await change({ active: false, apiKey: 'key-that-is-bad-4711' })
    expect(await setting(sam)).toMatchObject({ testedAt: null, testPassed: null })
    const refused = await tried(sam, id)
    expect(refused.body).toMatchObject({ passed: false, problem: 'models/refused' })
    expect(await setting(sam)).toMatchObject({ testPassed: false, active: false })
    const unlisted = await list(sam)
    expect([unlisted.status, unlisted.body.code]).toEqual([422, 'models/refused'])
    await change({ baseUrl: canary?.baseURL })
    const inside = await tried(sam, id)
    expect(inside.body.problem).toBe('models/unavailable')
    expect(canary?.calls).toEqual([])
    for (const { text } of [refused, unlisted, inside]) expect(text).not.toMatch(/4711|Incorrect|127\.0/)
    expect((await tried(eve, id)).status).toBe(404)
    const trail = await app.send('GET', '/api/v1/audit/events?limit=100', sam.token)
    expect(trail.text).toContain('agents.provider.tested')
    await Promise.all(Array.from({ length: 64 }, () => tried(sam, id)))
    expect((await tried(sam, id)).status).toBe(429)
  })
})
