import { type ChatReply, defineAgent, defineTool } from '@corbel/agents'
import type { ModelVendor, TokenUse } from '@corbel/agents/ports'
import { type RecordedSpan, recordingTracer } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { calls, delta, hangs, says, scriptedModels } from './scripted-models.fixture.ts'

const secret = 'sk-never-to-be-seen'
const { models, script } = scriptedModels()
const tool = (name: string, execute: () => Promise<unknown>) =>
  defineTool({
    name,
    description: name,
    parameters: z.object({ key: z.string() }),
    effect: 'read',
    trusted: true,
    execute,
  })
const budget = { isSpent: false }
const options = {
  models,
  tools: [],
  quota: { reserve: async () => (budget.isSpent ? null : { settle: async () => {} }) },
  agents: [
    defineAgent({
      name: 'front',
      title: 'Front',
      description: 'First.',
      instructions: secret,
      handoffs: [{ to: 'back' }],
    }),
    defineAgent({
      name: 'back',
      title: 'Back',
      description: 'Second.',
      instructions: secret,
      tools: [
        tool('look_up', async () => ({ found: secret })),
        tool('breaks', () => Promise.reject(new Error(secret))),
      ],
    }),
  ],
}

const tracer = recordingTracer()
let app: AgentsApp
let ada: Person
let seen = 0
beforeAll(async () => {
  app = await agentsApp('memory', {}, options, { tracer })
  ada = await app.person('ada')
})
afterAll(() => app.close())
beforeEach(() => {
  seen = tracer.spans.length
})

const chat = async (message: string) =>
  (await app.send<ChatReply>('POST', '/api/v1/chat', ada.token, { message })).body
/** Those of the run, which ends after its last word was told. */
const spansOfRun = async (): Promise<readonly RecordedSpan[]> => {
  const fresh = () => tracer.spans.slice(seen).filter(({ attributes }) => 'corbel.run_id' in attributes)
  await expect.poll(() => fresh().some(({ name }) => name === 'invoke_agent')).toBe(true)
  return fresh()
}
const requestOf = (route: string): RecordedSpan | undefined =>
  tracer.spans.slice(seen).find(({ attributes }) => attributes['http.route'] === route)

async function counts(): Promise<readonly string[]> {
  const { body } = await app.stack.meter.scrape()
  return body
    .split('\n')
    .filter((line) => line.startsWith('corbel_agents_') && !line.includes('_seconds'))
    .toSorted()
}

test('a run is a trace: the models it calls and its tools, with the names of the conventions and nothing that was said', async () => {
  script(calls('transfer_to_back', {}), calls('look_up', { key: secret }), says(`It is ${secret.length}.`))
  const { runId, conversationId } = await chat(`what is ${secret.length}?`)
  const spans = await spansOfRun()
  expect(spans.map(({ name, kind, error }) => [name, kind, error])).toEqual([
    ['chat gpt-5.1', 'client', null],
    ['chat gpt-5.1', 'client', null],
    ['execute_tool look_up', 'internal', null],
    ['chat gpt-5.1', 'client', null],
    ['invoke_agent', 'internal', null],
  ])
  const root = spans.at(-1)
  for (const span of spans) {
    // The run is part of what the request was for, and outlives it.
    const parent = span === root ? requestOf('/api/v1/chat')?.spanId : root?.spanId
    expect([span.traceId, span.parentSpanId]).toEqual([requestOf('/api/v1/chat')?.traceId, parent])
    expect(span.attributes).toMatchObject({
      'gen_ai.conversation.id': conversationId,
      'corbel.run_id': runId,
      'corbel.tenant_id': ada.tenantId,
    })
  }
  expect(spans.map(({ attributes }) => attributes['gen_ai.agent.name'])).toEqual([
    'front',
    'back',
    'back',
    'back',
    'back',
  ])
  expect(spans[0]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'scripted',
    'gen_ai.request.model': 'gpt-5.1',
    'gen_ai.request.max_tokens': 4096,
    'gen_ai.usage.input_tokens': 11,
    'gen_ai.usage.output_tokens': 7,
  })
  expect(spans[2]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look_up',
    'gen_ai.tool.call.id': expect.stringMatching(/^call_/),
  })
  expect(JSON.stringify(spans)).not.toMatch(new RegExp(`${secret}|It is|what is`))
})

test('what fails shows that it did, and nothing of what was thrown', async () => {
  script(calls('transfer_to_back', {}), calls('breaks', { key: 'k' }), async function* () {
    yield delta('half')
    throw Object.assign(new Error(secret), { status: 500 })
  })
  expect((await chat('break')).status).toBe('failed')
  const spans = await spansOfRun()
  expect(spans.map(({ name, error }) => [name, error?.type ?? null])).toEqual([
    ['chat gpt-5.1', null],
    ['chat gpt-5.1', null],
    ['execute_tool breaks', 'tool_failed'],
    ['chat gpt-5.1', 'model_failed'],
    ['invoke_agent', 'model_failed'],
  ])
  expect(JSON.stringify(spans)).not.toContain(secret)
})

test('runs, calls, tokens and tools are counted by agent, model, tool and outcome, and by nothing of a tenant', async () => {
  budget.isSpent = true
  expect((await chat('too dear')).errorCode).toBe('budget')
  budget.isSpent = false
  const { step, hasBegun } = hangs('Par', 'tly')
  script(step)
  const cancelled = chat('cancel me')
  await hasBegun
  const [{ id }] = (await app.send<{ data: [{ id: string }] }>('GET', '/api/v1/conversations', ada.token))
    .body.data
  const active = await app.stack.agents.runs.findActive(
    { tenantId: ada.tenantId, userId: ada.userId, scopes: new Set() },
    id as never,
  )
  await app.send('POST', `/api/v1/agent-runs/${active}/cancel`, ada.token)
  expect((await cancelled).status).toBe('cancelled')
  expect(await counts()).toEqual([
    'corbel_agents_model_calls_total{agent="back",model="gpt-5.1",outcome="completed"} 3',
    'corbel_agents_model_calls_total{agent="back",model="gpt-5.1",outcome="failed"} 1',
    'corbel_agents_model_calls_total{agent="front",model="gpt-5.1",outcome="aborted"} 1',
    'corbel_agents_model_calls_total{agent="front",model="gpt-5.1",outcome="completed"} 2',
    'corbel_agents_model_calls_total{agent="front",model="gpt-5.1",outcome="refused"} 1',
    'corbel_agents_runs_total{agent="back",outcome="completed"} 1',
    'corbel_agents_runs_total{agent="back",outcome="failed"} 1',
    'corbel_agents_runs_total{agent="front",outcome="cancelled"} 1',
    'corbel_agents_runs_total{agent="front",outcome="failed"} 1',
    expect.stringMatching(/^corbel_agents_tokens_total{agent="back",model="gpt-5.1",kind="input"} \d+$/),
    expect.stringMatching(/^corbel_agents_tokens_total{agent="back",model="gpt-5.1",kind="output"} \d+$/),
    expect.stringMatching(/^corbel_agents_tokens_total{agent="front",model="gpt-5.1",kind="input"} \d+$/),
    expect.stringMatching(/^corbel_agents_tokens_total{agent="front",model="gpt-5.1",kind="output"} \d+$/),
    'corbel_agents_tool_calls_total{agent="back",tool="breaks",outcome="failed"} 1',
    'corbel_agents_tool_calls_total{agent="back",tool="look_up",outcome="completed"} 1',
  ])
})

test('who answered is named in the trace, the usage and the budget, not who was asked first', async () => {
  const scripted = scriptedModels()
  const settled: TokenUse[] = []
  const settings = { AGENT_MODEL_DEFAULT: 'gpt-5.1', AGENT_MODEL_FALLBACKS: 'anthropic/claude-x' }
  const own: ModelVendor = {
    provider: 'anthropic',
    connect: () => ({
      model: (name) => ({
        getResponse: () => Promise.reject(new Error('not streamed')),
        async *getStreamedResponse(request) {
          yield* (await scripted.models.model(eve.tenantId, name)).getStreamedResponse(request)
        },
      }),
      listModels: async () => [],
    }),
  }
  const quota = { reserve: async () => ({ settle: async (used: TokenUse) => void settled.push(used) }) }
  const falling = await agentsApp(
    'memory',
    settings,
    { models: scripted.models, vendors: [own], tools: [], quota },
    { tracer },
  )
  const eve = await falling.person('eve')
  const key = { provider: 'anthropic', apiKey: 'key-of-eve-0815' }
  expect((await falling.send('POST', '/api/v1/settings', eve.token, key)).status).toBe(201)
  const answered = async () => {
    seen = tracer.spans.length
    const { runId } = (await falling.send<ChatReply>('POST', '/api/v1/chat', eve.token, { message: 'hi' }))
      .body
    const span = (await spansOfRun()).find(({ kind }) => kind === 'client')
    const rows = await falling.opened.storage.repositories.agents.agentUsage.list(eve.tenantId, runId)
    return {
      traced: ['provider.name', 'request.model', 'response.model'].map(
        (name) => span?.attributes[`gen_ai.${name}`],
      ),
      rows: rows.map(({ model, inputTokens }) => [model, inputTokens]),
    }
  }
  scripted.script(says('Mine.'))
  expect(await answered()).toEqual({
    traced: ['scripted', 'gpt-5.1', 'gpt-5.1'],
    rows: [['gpt-5.1', 11]],
  })
  scripted.script(async function* () {
    yield { type: 'response_started' }
    throw Object.assign(new Error('overloaded'), { status: 529 })
  }, says('Theirs.'))
  expect(await answered()).toEqual({
    traced: ['anthropic', 'gpt-5.1', 'anthropic/claude-x'],
    rows: [['anthropic/claude-x', 11]],
  })
  expect(settled.map(({ model, inputTokens }) => [model, inputTokens])).toEqual([
    ['gpt-5.1', 11],
    ['anthropic/claude-x', 11],
  ])
  await falling.close()
})
