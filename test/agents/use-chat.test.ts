import { defineAgent, defineTool } from '@corbel/agents'
import * as ai7 from 'ai'
import type { ChatState, UIMessage } from 'ai'
import * as ai5 from 'ai5'
import * as ai6 from 'ai6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { calls, hangs, says, scriptedModels } from './scripted-models.fixture.ts'

type Client = Pick<typeof ai7, 'AbstractChat' | 'DefaultChatTransport'> &
  Partial<Pick<typeof ai7, 'lastAssistantMessageIsCompleteWithApprovalResponses'>>
// What of them is used here has the same shape in each.
const clients = [
  [5, ai5 as unknown as Client],
  [6, ai6 as unknown as Client],
  [7, ai7],
] as const

const executed: string[] = []
const notify = defineTool({
  ...{ name: 'notify', description: 'Tells somebody.', parameters: z.object({ text: z.string() }) },
  ...{ effect: 'egress', approval: 'always', trusted: true },
  execute: async ({ text }) => executed.push(text),
})
const front = defineAgent({
  ...{ name: 'front', title: 'Front', description: 'First.', instructions: 'Tell.', tools: [notify] },
})

/** As `useChat` is made of it. */
function openChat(client: Client, app: AgentsApp, { token }: Person, id: string) {
  class Chat extends client.AbstractChat<UIMessage> {
    constructor() {
      const state: ChatState<UIMessage> = {
        ...{ status: 'ready', error: undefined, messages: [] },
        pushMessage: (message) => void (state.messages = [...state.messages, message]),
        popMessage: () => void (state.messages = state.messages.slice(0, -1)),
        replaceMessage: (index, message) =>
          void (state.messages = state.messages.map((each, at) => (at === index ? message : each))),
        snapshot: (thing) => structuredClone(thing),
      }
      const collection = 'http://127.0.0.1:3000/api/v1/conversations'
      const transport = new client.DefaultChatTransport<UIMessage>({
        api: `${collection}/${id}/runs`,
        headers: { authorization: `Bearer ${token}` },
        prepareReconnectToStreamRequest: () => ({ api: `${collection}/${id}/stream` }),
        fetch: (input, init) => app.stack.fetch(new Request(input, init), { remoteAddress: '192.0.2.1' }),
      })
      const sendAutomaticallyWhen = client.lastAssistantMessageIsCompleteWithApprovalResponses
      super({ id, transport, state, ...(sendAutomaticallyWhen && { sendAutomaticallyWhen }) })
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
      ...{ method: 'POST', headers, body: 'of ada' },
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

  // Version 5 knows no approvals.
  if (version === 5) return
  test('asks before a tool is called, and goes on in the same message', async () => {
    executed.splice(0)
    const chat = openChat(client, app, ada, await conversation())
    script(calls('notify', { text: 'hello' }), says('Told.'))
    await chat.sendMessage({ text: 'tell them' })
    const part = chat.lastMessage?.parts.find(({ type }) => type === 'dynamic-tool')
    expect(part).toMatchObject({ state: 'approval-requested', input: { text: 'hello' } })
    expect(executed).toEqual([])
    const { id = '' } = part && 'approval' in part ? (part.approval ?? {}) : {}
    await chat.addToolApprovalResponse({ id, approved: true })
    await expect.poll(() => textOf(chat.lastMessage), { timeout: 20_000 }).toEqual(['Told.'])
    expect([executed, chat.messages.length]).toEqual([['hello'], 2])
  })
})
