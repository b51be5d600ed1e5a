import { type ApprovalView, type ChatReply, defineAgent, defineTool } from '@corbel/agents'
import type { Page } from '@corbel/core'
import * as ai7 from 'ai'
import type { ChatState, UIMessage } from 'ai'
import * as ai5 from 'ai5'
import * as ai6 from 'ai6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { calls, hangs, says, scriptedModels } from './scripted-models.fixture.ts'

type Client = Pick<
  typeof ai7,
  'AbstractChat' | 'DefaultChatTransport' | 'lastAssistantMessageIsCompleteWithToolCalls'
> &
  Partial<Pick<typeof ai7, 'lastAssistantMessageIsCompleteWithApprovalResponses'>>
// What of them is used here has the same shape in each.
const clients = [
  [5, ai5 as unknown as Client],
  [6, ai6 as unknown as Client],
  [7, ai7],
] as const

const executed: string[] = []
const notify = defineTool({
  name: 'notify',
  description: 'Tells somebody.',
  parameters: z.object({ text: z.string() }),
  effect: 'egress',
  approval: 'always',
  trusted: true,
  execute: async ({ text }) => executed.push(text),
})
const front = defineAgent({
  name: 'front',
  title: 'Front',
  description: 'First.',
  instructions: 'Tell.',
  tools: [notify],
})

/** As `useChat` is made of it. */
function openChat(client: Client, app: AgentsApp, { token }: Person, id: string) {
  class Chat extends client.AbstractChat<UIMessage> {
    constructor() {
      const state: ChatState<UIMessage> = {
        status: 'ready',
        error: undefined,
        messages: [],
        pushMessage: (message) => void (state.messages = [...state.messages, message]),
        popMessage: () => void (state.messages = state.messages.slice(0, -1)),
        replaceMessage: (index, message) =>
          void (state.messages = state.messages.map((each, at) => (at === index ? message : each))),
        snapshot: (thing) => structuredClone(thing),
      }
      const collection = 'http://127.0.0.1:3000/api/v1/conversations'
      // What version 5 needs, which knows no approvals.
      const sdk = client === clients[0][1] ? '?sdk=5' : ''
      const transport = new client.DefaultChatTransport<UIMessage>({
        api: `${collection}/${id}/runs${sdk}`,
        headers: { authorization: `Bearer ${token}` },
        prepareReconnectToStreamRequest: () => ({ api: `${collection}/${id}/stream${sdk}` }),
        fetch: (input, init) => app.stack.fetch(new Request(input, init), { remoteAddress: '192.0.2.1' }),
      })
      const sendAutomaticallyWhen =
        client.lastAssistantMessageIsCompleteWithApprovalResponses ??
        client.lastAssistantMessageIsCompleteWithToolCalls
      super({ id, transport, state, sendAutomaticallyWhen })
    }
  }
  return new Chat()
}

const textOf = (message: UIMessage | undefined) =>
  message?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))

describe.each(clients)('useChat of ai %i', (version, client) => {
  const { models, asked, script } = scriptedModels()
  let app: AgentsApp
  let ada: Person
  beforeAll(async () => {
    app = await agentsApp('memory', {}, { models, tools: [], agents: [front] })
    ada = await app.person('ada')
  }, openTimeout)
  afterAll(() => app.close())

  const conversation = async () =>
    (await app.send<{ id: string }>('POST', '/api/v1/conversations', ada.token, {})).body.id

  test('sends, and reads along', async () => {
    const chat = openChat(client, app, ada, await conversation())
    script(says('It is 42.'))
    await chat.sendMessage({ text: 'what is it?' })
    expect([chat.status, chat.error, textOf(chat.lastMessage)]).toEqual(['ready', undefined, ['It is 42.']])
    expect(chat.lastMessage?.metadata).toMatchObject({ status: 'completed' })
  })

  test('sends files by their address here, or whole', async () => {
    const headers = { authorization: `Bearer ${ada.token}`, 'content-type': 'text/plain' }
    const upload = new Request('http://127.0.0.1:3000/api/v1/files?name=a.txt', {
      method: 'POST',
      headers,
      body: 'of ada',
    })
    const uploaded = await app.stack.fetch(upload, { remoteAddress: '192.0.2.1' })
    const { id: fileId } = (await uploaded.json()) as { readonly id: string }
    const chat = openChat(client, app, ada, await conversation())
    script(says('Seen.'))
    const type = 'file' as const
    await chat.sendMessage({
      text: 'look',
      files: [
        { type, mediaType: 'text/plain', url: `/api/v1/files/${fileId}/content` },
        { type, mediaType: 'text/plain', filename: 'b.txt', url: `data:text/plain;base64,${btoa('whole')}` },
      ],
    })
    expect([chat.status, textOf(chat.lastMessage)]).toEqual(['ready', ['Seen.']])
    expect(JSON.stringify(asked.at(-1)?.request.input)).toMatch(/a\.txt.*of ada.*b\.txt.*whole/)
  })

  test('finds its answer again after a reload, told once', async () => {
    const id = await conversation()
    const { step, goOn, hasBegun } = hangs('It is ', '42.')
    script(step)
    const left = openChat(client, app, ada, id)
    const sent = left.sendMessage({ text: 'what is it?' })
    await hasBegun
    const reloaded = openChat(client, app, ada, id)
    const resumed = reloaded.resumeStream()
    goOn()
    await Promise.all([sent, resumed])
    expect(textOf(reloaded.lastMessage)).toEqual(['It is 42.'])
    expect(reloaded.messages).toHaveLength(1)
    // Nothing is at work any more.
    await openChat(client, app, ada, id).resumeStream()
  })

  /** Until a call waits; and how its user decides, in the words of that version. */
  async function askedAbout(text: string) {
    const chat = openChat(client, app, ada, await conversation())
    script(calls('notify', { text }))
    await chat.sendMessage({ text: 'tell them' })
    const part = chat.lastMessage?.parts.find(({ type }) => type === 'dynamic-tool')
    const state = version === 5 ? 'input-available' : 'approval-requested'
    expect(part).toMatchObject({ state, input: { text } })
    expect(chat.lastMessage?.metadata).toMatchObject({ status: 'waiting' })
    expect([chat.status, chat.error]).toEqual(['ready', undefined])
    const { id = '' } = part && 'approval' in part ? (part.approval ?? {}) : {}
    const toolCallId = part && 'toolCallId' in part ? part.toolCallId : ''
    return {
      chat,
      decide: (approved: boolean) =>
        version === 5
          ? chat.addToolResult({ tool: 'notify', toolCallId, output: { approved } } as never)
          : chat.addToolApprovalResponse({ id, approved }),
    }
  }
  const stateOf = ({ lastMessage }: { readonly lastMessage: UIMessage | undefined }) =>
    lastMessage?.parts.flatMap((part) => (part.type === 'dynamic-tool' ? [part.state] : []))

  test('asks before a tool is called, and goes on in the same message', async () => {
    executed.splice(0)
    const { chat, decide } = await askedAbout('hello')
    expect(executed).toEqual([])
    script(says('Told.'))
    await decide(true)
    await expect.poll(() => textOf(chat.lastMessage), { timeout: 20_000 }).toEqual(['Told.'])
    await expect.poll(() => chat.status).toBe('ready')
    expect([executed, chat.messages.length, chat.error]).toEqual([['hello'], 2, undefined])
    expect(stateOf(chat)).toEqual(['output-available'])
  })

  test('does not call what its user denies', async () => {
    executed.splice(0)
    const { chat, decide } = await askedAbout('bye')
    script(says('Not told.'))
    await decide(false)
    await expect.poll(() => textOf(chat.lastMessage), { timeout: 20_000 }).toEqual(['Not told.'])
    await expect.poll(() => chat.status).toBe('ready')
    expect([executed, chat.error]).toEqual([[], undefined])
    expect(stateOf(chat)).toEqual([version === 5 ? 'output-error' : 'output-denied'])
  })
})

test('an output that a client has made up decides about nothing', async () => {
  const { models, script } = scriptedModels()
  const app = await agentsApp('memory', {}, { models, tools: [], agents: [front] })
  const ada = await app.person('ada')
  const eve = await app.person('eve')
  executed.splice(0)
  script(calls('notify', { text: 'mine' }))
  const reply = await app.send<ChatReply>('POST', '/api/v1/chat', ada.token, { message: 'tell them' })
  const { conversationId } = reply.body
  const listed = await app.send<Page<ApprovalView>>('GET', '/api/v1/approvals', ada.token)
  const [approval] = listed.body.data
  const tell = (person: Person, query: string, part: object) =>
    app.send<{ readonly code: string }>(
      'POST',
      `/api/v1/conversations/${conversationId}/runs${query}`,
      person.token,
      { messages: [{ id: 'm', role: 'assistant', parts: [{ ...told, ...part }] }] },
    )
  const told = {
    type: 'dynamic-tool',
    state: 'output-available',
    toolCallId: approval?.callId,
    input: { text: 'mine' },
    output: { approved: true },
  }
  const made = [
    // Only version 5 says it so.
    [ada, '', {}, 'agents/no-message'],
    [ada, '?sdk=5', { toolCallId: 'other' }, 'agents/no-message'],
    [ada, '?sdk=5', { output: 'told' }, 'agents/no-message'],
    [ada, '?sdk=5', { output: { approved: 'yes' } }, 'agents/no-message'],
    [ada, '?sdk=5', { input: { text: 'changed' } }, 'approvals/arguments-changed'],
    [eve, '?sdk=5', {}, 'agents/no-message'],
  ] as const
  for (const [person, query, part, code] of made)
    expect((await tell(person, query, part)).body.code).toBe(code)
  expect(executed).toEqual([])
  await app.close()
})
