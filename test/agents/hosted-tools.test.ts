import { anthropicVendor } from '@corbel/adapters/anthropic'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { openaiVendor } from '@corbel/adapters/openai'
import {
  type AgentRunView,
  type ChatReply,
  type ConversationEvent,
  defineAgent,
  defineTool,
  hostedTool,
} from '@corbel/agents'
import { type Models, vendorModels } from '@corbel/agents/ports'
import { type Page, Secret } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { fakeOpenai } from './fake-openai.fixture.ts'
import { calling, done, says, scriptedModels } from './scripted-models.fixture.ts'
import { notify } from './notify-tool.fixture.ts'

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])
const secretOfVendor = 'raw words of the provider'
const carriedOut = [
  {
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    internal: secretOfVendor,
    action: { type: 'search', query: 'weather in Brno', sources: [secretOfVendor] },
  },
  { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['plans'], results: null },
  {
    type: 'code_interpreter_call',
    id: 'ci_1',
    status: 'completed',
    code: '1 + 1',
    container_id: 'cntr_1',
    outputs: null,
  },
  { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: png.toString('base64') },
]
const painter = defineAgent({
  name: 'painter',
  title: 'Painter',
  description: 'Paints.',
  instructions: 'Paint.',
  hostedTools: [
    hostedTool.webSearch({ allowedDomains: ['example.com'], contextSize: 'low' }),
    hostedTool.fileSearch({ vectorStoreIds: ['vs_1'], maxResults: 3 }),
    hostedTool.codeInterpreter(),
    hostedTool.imageGeneration({ size: '1024x1024', quality: 'low' }),
  ],
})
const fetch = streamingFetch({ allow: ['127.0.0.1'] })
const look = defineTool({
  name: 'look',
  description: 'Looks.',
  parameters: z.object({}),
  effect: 'read',
  execute: async () => 'words of others',
})

describe('tools that the provider carries out', () => {
  let app: AgentsApp
  let ada: Person
  let fake: Awaited<ReturnType<typeof fakeOpenai>>
  beforeAll(async () => {
    fake = await fakeOpenai('Here you are.', '127.0.0.1', carriedOut)
    const connection = openaiVendor({ fetch }).connect({ apiKey: new Secret('k'), baseUrl: fake.baseURL })
    const models = vendorModels(new Map([['openai', connection]]))
    app = await agentsApp(
      'memory',
      { AGENT_FILE_QUOTA_BYTES: '12' },
      { agents: [painter], tools: [], models },
    )
    await app.stack.start()
    ada = await app.person('ada')
  }, openTimeout)
  afterAll(async () => {
    await app.stack.stop()
    await app.close()
    await fake.close()
  })

  test('are asked for as they were declared, told as calls that are over, counted, and pictures become files', async () => {
    const { text } = await app.send('POST', '/api/v1/chat/stream', ada.token, {
      message: 'paint the weather',
    })
    const chunks = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as object)
    const tools = fake.calls.at(-1)?.body['tools']
    expect(tools).toMatchObject([
      { type: 'web_search', search_context_size: 'low', filters: { allowed_domains: ['example.com'] } },
      { type: 'file_search', vector_store_ids: ['vs_1'], max_num_results: 3 },
      { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'image_generation', size: '1024x1024', quality: 'low' },
    ])
    const told = (kind: string, toolCallId: string, input: object) => [
      { type: 'tool-input-available', toolCallId, toolName: kind, input, dynamic: true },
      { type: 'tool-output-available', toolCallId, output: { status: 'completed' }, dynamic: true },
    ]
    for (const chunk of [
      ...told('web_search', 'ws_1', { query: 'weather in Brno' }),
      ...told('file_search', 'fs_1', { queries: ['plans'] }),
      ...told('code_interpreter', 'ci_1', { code: '1 + 1' }),
      ...told('image_generation', 'ig_1', {}),
    ])
      expect(chunks).toContainEqual(chunk)
    const file = chunks.find((chunk) => 'url' in chunk)
    expect(file).toMatchObject({ type: 'file', mediaType: 'image/png' })
    const path = file && 'url' in file ? String(file.url) : ''
    expect((await app.send('GET', path, ada.token)).headers.get('content-type')).toBe('image/png')
    const begun = chunks[0] as {
      readonly messageMetadata: { readonly runId: string; readonly conversationId: string }
    }
    const { runId, conversationId } = begun.messageMetadata
    const run = (await app.send<AgentRunView>('GET', `/api/v1/agent-runs/${runId}`, ada.token)).body
    expect(run.usage).toMatchObject({ calls: 1, inputTokens: 11, outputTokens: 7, estimated: false })
    const address = `/api/v1/conversations/${conversationId}/events`
    const events = await app.send<Page<ConversationEvent>>('GET', address, ada.token)
    const picture = events.body.data.find(({ name }) => name === 'image_generation_call')
    expect(picture?.attachments).toMatchObject([{ name: 'picture.png', contentType: 'image/png', size: 12 }])
    expect(text + events.text).not.toContain(secretOfVendor)
    const { conversationItems } = app.opened.storage.repositories.agents
    const kept = JSON.stringify(await conversationItems.window(ada.tenantId, conversationId as never, 10))
    expect(kept).not.toContain(png.toString('base64'))

    // The next turn: no call that another turn has made, and no room for another picture.
    const next = await app.send<ChatReply>('POST', '/api/v1/chat', ada.token, {
      message: 'more',
      conversationId,
    })
    expect([next.body.status, next.body.message]).toEqual(['completed', 'Here you are.'])
    const input = JSON.stringify(fake.calls.at(-1)?.body['input'])
    expect(input).toContain('[The picture picture.png was made.]')
    expect(input).not.toMatch(/_call"|cntr_1/)
    const files = await app.send<Page<unknown>>('GET', '/api/v1/files', ada.token)
    expect(files.body.data).toHaveLength(1)
  })

  test.each([
    [
      'chat completions',
      () =>
        vendorModels(
          new Map([
            [
              'openai',
              openaiVendor({ fetch, api: 'chat' }).connect({ apiKey: new Secret('k'), baseUrl: null }),
            ],
          ]),
        ),
      {},
    ],
    [
      'another vendor',
      () =>
        vendorModels(
          new Map([
            ['anthropic', anthropicVendor({ fetch }).connect({ apiKey: new Secret('k'), baseUrl: null })],
          ]),
        ),
      { AGENT_MODEL_DEFAULT: 'anthropic/m' },
    ],
    ['models that do not say', () => scriptedModels().models, {}],
    [
      'a fallback that cannot',
      () =>
        vendorModels(
          new Map([
            ['openai', openaiVendor({ fetch }).connect({ apiKey: new Secret('k'), baseUrl: null })],
            ['anthropic', anthropicVendor({ fetch }).connect({ apiKey: new Secret('k'), baseUrl: null })],
          ]),
        ),
      { AGENT_MODEL_FALLBACKS: 'anthropic/m' },
    ],
  ] as const)('with %s the stack does not start', async (_what, models, settings) => {
    const refused = await agentsApp('memory', settings, { agents: [painter], tools: [], models: models() })
    await expect(refused.stack.start()).rejects.toThrow(
      /The agent "painter" has the hosted tool web_search, which the model \S+ has not/,
    )
    await refused.close()
  })

  test('without a model the stand-in answers, and carries out nothing', async () => {
    const offline = await agentsApp('memory', {}, { agents: [painter], tools: [] })
    await offline.stack.start()
    const eve = await offline.person('eve')
    const { body } = await offline.send<ChatReply>('POST', '/api/v1/chat', eve.token, { message: 'paint' })
    expect(body.message).toMatch(/^\[offline model\]/)
    await offline.stack.stop()
    await offline.close()
  })
})

describe('what a provider has found', () => {
  const { models: bare, asked, script } = scriptedModels()
  const models: Models = { ...bare, hostedTools: () => ['web_search'] }
  const searcher = defineAgent({
    name: 'searcher',
    title: 'Searcher',
    description: 'Searches.',
    instructions: 'Search.',
    tools: [notify, look],
    hostedTools: [hostedTool.webSearch()],
  })
  let app: AgentsApp
  let ada: Person
  beforeAll(async () => {
    app = await agentsApp('memory', {}, { agents: [searcher], tools: [], models })
    ada = await app.person('ada')
  }, openTimeout)
  afterAll(() => app.close())

  const chat = (message: string) => app.send<ChatReply>('POST', '/api/v1/chat', ada.token, { message })
  const offered = () => asked.at(-1)?.request.tools.map(({ name }) => name)
  const searched = {
    type: 'hosted_tool_call',
    id: 'ws_1',
    name: 'web_search_call',
    status: 'completed',
    providerData: { type: 'web_search_call', action: { type: 'search', query: 'q' } },
  } satisfies Parameters<typeof done>[0][number]

  test('is anybody’s words: in the same answer already, what leaves needs an approval', async () => {
    script(async function* () {
      yield { type: 'response_started' }
      yield done([searched, ...calling('notify', { text: 'x' })])
    })
    expect((await chat('search and tell')).body.status).toBe('waiting')
  })

  test('may be asked for again; with the words of others at hand the web is not offered any more', async () => {
    script(async function* () {
      yield done([searched, ...calling('look', {})])
    }, says('Done.'))
    expect((await chat('search, then look')).body.status).toBe('completed')
    expect(asked.at(-2)?.request.tools.map(({ name }) => name)).toContain('web_search')
    expect(offered()).toEqual(['notify', 'look'])
    script(says('Hello.'))
    await chat('hello')
    expect(offered()).toContain('web_search')
  })
})
