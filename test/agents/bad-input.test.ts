import { type ChatReply, type Conversation, defineAgent, defineTool } from '@corbel/agents'
import type { Page } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { calls, says, scriptedModels } from './scripted-models.fixture.ts'

const circle: Record<string, unknown> = {}
circle['self'] = circle
const results: Readonly<Record<string, unknown>> = { circle, bigint: { n: 10n }, long: 'x'.repeat(200_000) }
const odd = defineTool({
  name: 'odd',
  description: 'Returns odd things.',
  parameters: z.object({ kind: z.string() }),
  effect: 'read',
  trusted: true,
  execute: async ({ kind }) => results[kind],
})
const front = defineAgent({
  name: 'front',
  title: 'Front',
  description: 'First.',
  instructions: 'Tell.',
  tools: [odd],
})

describe('bad input to agents', () => {
  const { models, asked, script } = scriptedModels()
  let app: AgentsApp
  let ada: Person
  beforeAll(async () => {
    app = await agentsApp('memory', {}, { models, tools: [], agents: [front] })
    ada = await app.person('ada')
  }, openTimeout)
  afterAll(() => app.close())

  const chat = (body: object) =>
    app.send<ChatReply & { readonly code: string }>('POST', '/api/v1/chat', ada.token, body)
  const conversations = async () =>
    (await app.send<Page<Conversation>>('GET', '/api/v1/conversations', ada.token)).body.data.length

  test.each([
    ['an unknown agent', { message: 'hi', agent: 'nobody' }, 404, 'agents/agent-not-found'],
    ['a message over 32000 characters', { message: 'x'.repeat(32_001) }, 400, 'http/invalid-request'],
    ['an empty message', { message: '' }, 400, 'http/invalid-request'],
    ['fields that nobody knows', { message: 'hi', tenantId: 'ten_x' }, 400, 'http/invalid-request'],
  ])('%s is refused, and nothing is stored or asked', async (_what, body, status, code) => {
    const answer = await chat(body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect([await conversations(), asked.length]).toEqual([0, 0])
  })

  test('what a tool returns that cannot be written down, or is too long, does not end the conversation', async () => {
    const kinds = Object.keys(results)
    let conversationId: string | undefined
    for (const kind of kinds) {
      script(calls('odd', { kind }), says('Odd.'))
      const { body } = await chat({ message: kind, conversationId })
      expect([body.status, body.message]).toEqual(['completed', 'Odd.'])
      conversationId = body.conversationId
    }
    const told = JSON.stringify(asked.at(-1)?.request.input)
    expect(told.match(/The tool failed\./g)).toHaveLength(2)
    expect(told).toContain('[cut]')
    expect(told.length).toBeLessThan(110_000)
  })
})
