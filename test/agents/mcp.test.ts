import { mcpConnector } from '@corbel/adapters/mcp'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { agents, type ApprovalView, type ChatReply, defineAgent, defineMcpServer } from '@corbel/agents'
import type { McpConnector } from '@corbel/agents/ports'
import { type Duration, type Page, Secret } from '@corbel/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { mcpServer } from './mcp-server.fixture.ts'
import { calls, says, scriptedModels } from './scripted-models.fixture.ts'
import { notify } from './notify-tool.fixture.ts'

const query = {
  type: 'object',
  properties: { q: { type: 'string' }, n: { type: 'integer' } },
  required: ['q'],
}
const deep = (levels: number): object =>
  levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: deep(levels - 1) } }
const offered = [
  { name: 'search', description: 'Searches. '.repeat(1000), inputSchema: query },
  { name: 'delete_all', inputSchema: { type: 'object' } },
  { name: 'publish', description: 'Publishes.', inputSchema: query },
  { name: 'huge', inputSchema: { type: 'object', description: 'x'.repeat(20_000) } },
  { name: 'deep', inputSchema: deep(40) },
  { name: 'fetching', inputSchema: { type: 'object', properties: { a: { $ref: 'http://127.0.0.1/x' } } } },
]

describe('servers of tools', () => {
  const { models, asked, script, forget } = scriptedModels()
  const called: unknown[] = []
  let app: AgentsApp
  let ada: Person
  let eve: Person
  let max: Person
  let fake: Awaited<ReturnType<typeof mcpServer>>
  const tokens = new Map<string, Secret>()

  beforeAll(async () => {
    fake = await mcpServer(offered, async (name, args) => {
      called.push([name, args])
      if (JSON.stringify(args).includes('slow')) await new Promise(() => {})
      if (JSON.stringify(args).includes('long')) return `found ${'x'.repeat(150_000)}`
      return name === 'search' ? 'found' : 'published'
    })
    const rule = { effect: 'read' } as const
    const docs = defineMcpServer({
      name: 'docs',
      url: fake.url,
      tools: {
        search: rule,
        publish: { effect: 'write', approval: 'always' },
        huge: rule,
        deep: rule,
        fetching: rule,
        missing: rule,
      },
      token: async (tenantId) => tokens.get(tenantId) ?? null,
    })
    const front = defineAgent({
      name: 'front',
      title: 'Front',
      description: 'First.',
      instructions: 'Help.',
      tools: [notify],
      mcpServers: [docs],
    })
    const mcp = mcpConnector({ fetch: streamingFetch({ allow: ['127.0.0.1'], maxBytes: 1_000_000 }) })
    app = await agentsApp('memory', {}, { agents: [front], tools: [], models, mcp })
    ;[ada, eve, max] = [await app.person('ada'), await app.person('eve'), await app.person('max')]
    tokens.set(ada.tenantId, new Secret('token-of-ada'))
    tokens.set(eve.tenantId, new Secret('token-of-eve'))
  }, openTimeout)
  afterAll(async () => {
    await app.close()
    await fake.close()
  })
  beforeEach(() => {
    forget()
    fake.state.mode = 'well'
    for (const list of [asked, called, fake.requests]) list.splice(0)
    // What is known of servers is old now.
    app.clock.advance('6m')
  })

  /** Another stack, which reaches the server in another way. */
  const open = (mcp: McpConnector, timeout?: Duration) => {
    const rules = { tools: { search: { effect: 'read' } }, ...(timeout && { timeout }) } as const
    const docs = defineMcpServer({ name: 'docs', url: fake.url, ...rules })
    const front = defineAgent({
      name: 'front',
      title: 'Front',
      description: 'First.',
      instructions: 'Help.',
      mcpServers: [docs],
    })
    return agentsApp('memory', {}, { agents: [front], tools: [], models, mcp })
  }
  const chat = ({ token }: Person, message: string, more: object = {}) =>
    app.send<ChatReply>('POST', '/api/v1/chat', token, { message, ...more })
  const again = async (person: Person) => ({ ...person, token: (await app.again(person)).token })
  const toolsOf = () => asked.at(-1)?.request.tools.map(({ name }) => name)

  test('an agent has those that the declaration names, bounded, and their results are anybody’s words', async () => {
    ada = await again(ada)
    script(calls('docs__search', { q: 'plans' }), calls('notify', { text: 'x' }))
    const { body } = await chat(ada, 'look')
    expect(asked[0]?.request.tools.map(({ name }) => name)).toEqual([
      'notify',
      'docs__search',
      'docs__publish',
    ])
    const [, search] = asked[0]?.request.tools ?? []
    expect(search).toMatchObject({ parameters: query, strict: false })
    expect(search && 'description' in search && search.description.length).toBe(1024)
    expect(called).toEqual([['search', { q: 'plans' }]])
    expect(fake.requests.every(({ authorization }) => authorization === 'Bearer token-of-ada')).toBe(true)
    const told = JSON.stringify(asked.at(-1)?.request.input)
    expect(told).toContain('"text":"found"')
    // What writes or sends waits for a person now, and in later turns.
    expect(body.status).toBe('waiting')
    await app.send('POST', `/api/v1/agent-runs/${body.runId}/cancel`, ada.token, {})
    script(calls('notify', { text: 'x' }))
    const next = await chat(ada, 'tell', { conversationId: body.conversationId, whenBusy: 'enqueue' })
    expect([next.body.status, next.body.errorCode]).toEqual(['waiting', null])
  })

  test('which there are is asked once for a while, for each tenant; one without a credential has none', async () => {
    ;[ada, eve, max] = [await again(ada), await again(eve), await again(max)]
    script(...Array.from({ length: 4 }, () => says('Hello.')))
    await chat(ada, 'one')
    await chat(ada, 'two')
    expect(fake.countOf('tools/list')).toBe(1)
    await chat(eve, 'three')
    expect(fake.countOf('tools/list')).toBe(2)
    expect(fake.requests.at(-1)?.authorization).toBe('Bearer token-of-eve')
    const before = fake.requests.length
    await chat(max, 'four')
    expect([toolsOf(), fake.requests.length]).toEqual([['notify'], before])
  })

  test('one that needs an approval is called once, after it', async () => {
    ada = await again(ada)
    script(calls('docs__publish', { q: 'it' }))
    const { body } = await chat(ada, 'publish it')
    expect([body.status, called]).toEqual(['waiting', []])
    const { data } = (await app.send<Page<ApprovalView>>('GET', '/api/v1/approvals', ada.token)).body
    const approval = data.find(({ runId }) => runId === body.runId)
    script(says('Published.'))
    const address = `/api/v1/approvals/${approval?.id}`
    const answer = await app.send('POST', address, ada.token, {
      decision: 'approve',
      argumentsHash: approval?.argumentsHash,
    })
    expect(answer.status).toBe(200)
    await app.send('GET', `/api/v1/agent-runs/${body.runId}/stream`, ada.token)
    expect(called).toEqual([['publish', { q: 'it' }]])
    expect(JSON.stringify(asked.at(-1)?.request.input)).toContain('published')
  })

  test.each(['silent', 'broken'] as const)(
    'one that is %s is told as such, and the agents go on',
    async (mode) => {
      ada = await again(ada)
      fake.state.mode = mode
      script(says('Without.'), says('Still.'), says('With.'))
      const { text } = await app.send('POST', '/api/v1/chat/stream', ada.token, { message: 'look' })
      expect(text).toContain(
        '{"type":"data-tools","data":{"server":"docs","status":"unavailable"},"transient":true}',
      )
      expect(text).toContain('"finishReason":"stop"')
      expect(text).not.toMatch(/internal words|127\.0\.0\.1/)
      expect(toolsOf()).toEqual(['notify'])
      const before = fake.requests.length
      expect((await chat(ada, 'again')).body.message).toBe('Still.')
      // Not every message waits for it.
      expect(fake.requests.length).toBe(before)
      fake.state.mode = 'well'
      app.clock.advance('16s')
      await chat(ada, 'and now?')
      expect(toolsOf()).toContain('docs__search')
    },
  )

  test('a call that takes too long, and a result that is too long, are told to the model as such', async () => {
    ada = await again(ada)
    script(calls('docs__search', { q: 'long' }), says('Long.'))
    expect((await chat(ada, 'look')).body.message).toBe('Long.')
    const told = JSON.stringify(asked.at(-1)?.request.input)
    expect(told).toMatch(/found x+.*\[cut\]/)
    expect(told.length).toBeLessThan(110_000)
    const other = await open(mcpConnector({ fetch: streamingFetch({ allow: ['127.0.0.1'] }) }), '50ms')
    const joe = await other.person('joe')
    script(calls('docs__search', { q: 'slow' }), says('Too slow.'))
    const answer = await other.send<ChatReply>('POST', '/api/v1/chat', joe.token, { message: 'look' })
    expect([answer.body.status, answer.body.message]).toEqual(['completed', 'Too slow.'])
    expect(JSON.stringify(asked.at(-1)?.request.input)).toContain('timed out')
    await other.close()
  })

  test('an address of the inner network is not reached', async () => {
    const guarded = await open(mcpConnector({ fetch: streamingFetch() }))
    const joe = await guarded.person('joe')
    script(says('Without.'))
    const { text } = await guarded.send('POST', '/api/v1/chat/stream', joe.token, { message: 'look' })
    expect(text).toContain('"status":"unavailable"')
    expect(fake.requests).toEqual([])
    await guarded.close()
  })

  test('what cannot work is refused where it is declared', () => {
    const tools = { search: { effect: 'read' } } as const
    const url = 'https://example.com/mcp'
    expect(() => defineMcpServer({ name: 'Docs', url, tools })).toThrow(/no name for a server/)
    expect(() => defineMcpServer({ name: 'docs', url, tools: { 'a.b': { effect: 'read' } } })).toThrow(
      /leave it out/,
    )
    for (const bad of ['file:///x', 'https://user:secret@example.com', 'example.com'])
      expect(() => defineMcpServer({ name: 'docs', url: bad, tools })).toThrow(/no http/)
    const server = () => defineMcpServer({ name: 'docs', url, tools })
    const front = (name: string) =>
      defineAgent({
        name,
        title: 'Front',
        description: 'First.',
        instructions: 'Help.',
        mcpServers: [server()],
      })
    expect(() => agents({ agents: [front('one')] })).toThrow(/nothing reaches them/)
    const mcp = mcpConnector({ fetch })
    expect(() => agents({ agents: [front('one'), front('two')], mcp })).toThrow(/Two servers/)
  })
})
