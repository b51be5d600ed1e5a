import { anthropicVendor } from '@corbel/adapters/anthropic'
import { geminiVendor } from '@corbel/adapters/gemini'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { type AgentRunView, type ChatReply, defineAgent, defineTool } from '@corbel/agents'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { anthropicDialect, fakeVendor, geminiDialect } from './fake-vendors.fixture.ts'

const looked: string[] = []
const look = defineTool({
  name: 'look',
  description: 'Looks at a page.',
  parameters: z.object({ page: z.string() }),
  effect: 'read',
  trusted: true,
  async execute({ page }) {
    looked.push(page)
    return `the page ${page}`
  },
})
const front = defineAgent({
  name: 'front',
  title: 'Front',
  description: 'First.',
  instructions: 'Be brief.',
  tools: [look],
  reasoningEffort: 'low',
  temperature: 1,
})

const vendors = [
  ['anthropic', anthropicDialect, anthropicVendor, 'x-api-key'],
  ['gemini', geminiDialect, geminiVendor, 'x-goog-api-key'],
] as const

describe.each(vendors)('agents on %s', (provider, dialect, vendor, keyHeader) => {
  let app: AgentsApp
  let ada: Person
  let fake: Awaited<ReturnType<typeof fakeVendor>>

  beforeAll(async () => {
    fake = await fakeVendor(dialect)
    const fetch = streamingFetch({ allow: ['127.0.0.1'], idleMs: 300 })
    const options = { agents: [front], tools: [], vendors: [vendor({ fetch })] }
    app = await agentsApp('memory', { AGENT_MODEL_DEFAULT: `${provider}/m` }, options)
    ada = await app.person('ada')
    const setting = { provider, apiKey: 'key-of-ada-4711', baseUrl: fake.baseUrl }
    await app.send('POST', '/api/v1/settings', ada.token, setting)
  }, openTimeout)
  afterAll(async () => {
    await app.close()
    await fake.close()
  })
  beforeEach(() => {
    for (const name of [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'GOOGLE_GENERATIVE_AI_API_KEY',
      'GEMINI_API_KEY',
    ])
      vi.stubEnv(name, `trap-${name}`)
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9/trap')
    vi.stubGlobal('fetch', () => Promise.reject(new Error('The global fetch was used.')))
    fake.calls.splice(0)
    fake.state.mode = 'well'
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
  })

  const say = async (message: string, conversationId?: string) =>
    (await app.send<ChatReply>('POST', '/api/v1/chat', ada.token, { message, conversationId })).body

  test('a tool is called and its result told, turn after turn, with what it used', async () => {
    looked.splice(0)
    const { conversationId, message, status, usage } = await say('what is on the page?')
    expect([status, message, looked, fake.refusals]).toEqual(['completed', 'It is 42.', ['p1'], []])
    expect(usage).toMatchObject({ calls: 2, inputTokens: 22, outputTokens: 14, estimated: false })
    expect((await say('and now?', conversationId)).message).toBe('It is 42.')
    expect(fake.refusals).toEqual([])
    expect(JSON.stringify(fake.calls.at(-1)?.body)).toMatch(/Be brief.*the page p1|the page p1.*Be brief/)
    expect(fake.calls).toHaveLength(4)
    for (const { headers, body } of fake.calls) {
      expect(headers[keyHeader]).toBe('key-of-ada-4711')
      expect(JSON.stringify([headers, body])).not.toContain('trap')
    }
  })

  test.each([
    ['busy', 'model_busy'],
    ['broken', 'model_failed'],
    ['garbage', 'model_failed'],
    ['stalled', 'model_failed'],
    ['cut', 'model_failed'],
  ] as const)('an answer that is %s fails the run alone, in our words', async (mode, code) => {
    fake.state.mode = mode
    const { conversationId, runId, status, errorCode } = await say('hello')
    expect([status, errorCode]).toEqual(['failed', code])
    expect(fake.calls).toHaveLength(1)
    const told = await app.send('GET', `/api/v1/agent-runs/${runId}/stream`, ada.token)
    expect(told.text.match(/"type":"(finish|abort)"/g)).toHaveLength(1)
    expect(told.text).not.toMatch(/internal words|127\.0\.0\.1|html/)
    const { body } = await app.send<AgentRunView>('GET', `/api/v1/agent-runs/${runId}`, ada.token)
    expect(body.usage).toMatchObject({ calls: 1, estimated: true })
    fake.state.mode = 'well'
    expect((await say('again', conversationId)).message).toBe('It is 42.')
    expect(fake.refusals).toEqual([])
  })
})
