import { type ChatReply, defineAgent } from '@corbel/agents'
import { type Id, newId } from '@corbel/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { backends, openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { says, scriptedModels } from './scripted-models.fixture.ts'

const { models, asked, script, forget } = scriptedModels()
const front = defineAgent({
  name: 'front',
  title: 'Front',
  description: 'First.',
  instructions: 'Talk.',
  memory: { items: 8, tokens: 2000 },
})

describe.each((await backends()).filter((backend) => backend !== 'pglite'))('memory on %s', (backend) => {
  let app: AgentsApp
  let ada: Person
  beforeAll(async () => {
    const settings = { CHAT_RATE_LIMIT_PER_MINUTE: '0', CHAT_TENANT_RATE_LIMIT_PER_MINUTE: '0' }
    app = await agentsApp(backend, settings, { models, tools: [], agents: [front] })
    ada = await app.person('ada')
  }, openTimeout)
  afterAll(() => app.close())
  beforeEach(() => {
    asked.length = 0
    forget()
  })

  async function conversation(memory: object, count: number, from = 0): Promise<Id<'cnv'>> {
    const { body } = await app.send<{ id: Id<'cnv'> }>('POST', '/api/v1/conversations', ada.token, { memory })
    await fill(body.id, count, from)
    return body.id
  }
  async function fill(id: Id<'cnv'>, count: number, from = 0): Promise<void> {
    const { conversationItems } = app.opened.storage.repositories.agents
    for (let start = from; start < from + count; start += 1000)
      await conversationItems.append(
        ada.tenantId,
        id,
        Array.from({ length: Math.min(1000, from + count - start) }, (_, index) => ({
          id: newId('itm'),
          runId: null,
          clientMessageId: null,
          createdAt: app.clock.now(),
          content: { type: 'message', role: 'user', content: `fact ${start + index + 1}` } as const,
        })),
      )
  }
  const chat = async (conversationId: string, message: string) =>
    (await app.send<ChatReply>('POST', '/api/v1/chat', ada.token, { conversationId, message })).body
  /** Makes the summary that is due: it is asked for just behind the last word of an answer. */
  const summarized = () =>
    vi.waitFor(async () => expect(await app.stack.runJobs()).toBeGreaterThan(0), { timeout: 20_000 })
  /** What the model was told in its last call. */
  const told = () => {
    const input = asked.at(-1)?.request.input ?? []
    return (typeof input === 'string' ? [] : input).map((item) => ('content' in item ? item.content : item))
  }

  test('a summary is made when nobody waits, told before the newest items, and made anew as the conversation grows', async () => {
    const id = await conversation({ mode: 'summary', crossSession: false }, 7)
    script(says('One.'))
    const first = await chat(id, 'go')
    expect(told()).toEqual([...Array.from({ length: 7 }, (_, index) => `fact ${index + 1}`), 'go'])
    script(says('Facts 1 to 4.'))
    await summarized()
    expect(JSON.stringify(told())).toContain('fact 1')
    expect(asked.at(-1)?.request.tools).toEqual([])
    // A call like any other: one row, with what it took.
    const { agentUsage } = app.opened.storage.repositories.agents
    expect(
      (await agentUsage.list(ada.tenantId, first.runId as Id<'arn'>)).map(({ call, estimated }) => [
        call,
        estimated,
      ]),
    ).toEqual([
      [1, false],
      [2, false],
    ])
    script(says('Two.'))
    await chat(id, 'and now')
    const [summary, ...newest] = told()
    expect(summary).toMatch(/^\[Summary of what was said before.*\]\nFacts 1 to 4\.$/)
    expect(newest).toHaveLength(8)
    expect(newest.at(-1)).toBe('and now')
    const calls = asked.length
    await app.stack.runJobs()
    expect(asked).toHaveLength(calls)
    await fill(id, 8, 100)
    script(says('Three.'))
    await chat(id, 'more')
    script(says('Facts up to 104.'))
    await summarized()
    expect(JSON.stringify(told())).toContain('Summary so far: Facts 1 to 4.')
    // What is taken out of the conversation is taken out of its summary.
    const { data } = (
      await app.send<{ data: readonly { id: string; text: string }[] }>(
        'GET',
        `/api/v1/conversations/${id}/messages?limit=100`,
        ada.token,
      )
    ).body
    const early = data.find(({ text }) => text === 'fact 2')?.id
    await app.send('DELETE', `/api/v1/conversations/${id}/messages/${early}`, ada.token)
    script(says('Four.'))
    await chat(id, 'again')
    expect(told()).toEqual(['fact 1', 'again'])
  })

  test('the conversation says how much is remembered; long items leave no room for others', async () => {
    script(says('None.'), says('Window.'))
    await chat(await conversation({ mode: 'none', crossSession: false }, 5), 'alone')
    expect(told()).toEqual(['alone'])
    const id = await conversation({ mode: 'agent', crossSession: false }, 3)
    await chat(id, 'x'.repeat(8100))
    expect(told()).toEqual(['x'.repeat(8100)])
    await app.stack.runJobs()
    expect(asked).toHaveLength(2)
  })

  test('what was said in other conversations is told where both take part, to their user only', async () => {
    const other = await conversation({ mode: 'window', crossSession: true }, 6)
    script(says('Noted.'))
    await chat(other, 'remember')
    script(says('Likes tea.'))
    await summarized()
    script(says('Tea?'), says('No idea.'))
    const id = await conversation({ mode: 'window', crossSession: true }, 0)
    await chat(id, 'what do I like?')
    expect(told()[0]).toMatch(/^\[Summary of another conversation.*\]\nLikes tea\.$/)
    await chat(await conversation({ mode: 'window', crossSession: false }, 0), 'and here?')
    expect(told()).toEqual(['and here?'])
  })

  test.runIf(backend !== 'memory')(
    'a turn costs the same after 50 messages as after 20,000: six statements, and as many items',
    async () => {
      const { statements } = app.opened
      const id = await conversation({ mode: 'window', crossSession: false }, 50)
      async function cost() {
        script(says('Short answer.'))
        statements.reset()
        const { text } = await app.send('POST', '/api/v1/chat/stream', ada.token, {
          conversationId: id,
          message: 'hi',
        })
        expect(text).toContain('"finishReason":"stop"')
        return { statements: statements.count(), told: told().length }
      }
      // The first call of a token looks it up.
      await cost()
      const few = await cost()
      await fill(id, 20_000, 50)
      expect(await cost()).toEqual(few)
      // Whose key pays, the run with its message, the recall, the call, the answer with what it took, the end.
      expect(few).toEqual({ statements: 6, told: 8 })
    },
  )
})
