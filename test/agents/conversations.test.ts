import { type Conversation, type ConversationEvent, type Message } from '@corbel/agents'
import type { ConversationId, ItemContent } from '@corbel/agents/ports'
import { newId, type Page } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'

const path = '/api/v1/conversations'

interface Problem {
  readonly code: string
}

const userSaid = (text: string): ItemContent => ({ type: 'message', role: 'user', content: text })
const agentSaid = (text: string): ItemContent => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
})

describe.each(await backends())('conversations on %s', (backend) => {
  let app: AgentsApp
  let ada: Person
  let bob: Person
  let eve: Person
  let vic: Person
  beforeAll(async () => {
    app = await agentsApp(backend, { AGENT_CONVERSATION_RETENTION_DAYS: '30' })
    ada = await app.person('ada')
    bob = await app.colleague(ada, 'bob')
    vic = await app.colleague(ada, 'vic', 'viewer')
    eve = await app.person('eve')
  }, openTimeout)
  afterAll(() => app.close())

  const create = async (body: object = {}, { token } = ada) =>
    (await app.send<Conversation>('POST', path, token, body)).body
  const say = (id: ConversationId, ...contents: ItemContent[]) =>
    app.opened.storage.repositories.agents.conversationItems.append(
      ada.tenantId,
      id,
      contents.map((content) => ({
        id: newId('itm'),
        runId: null,
        clientMessageId: null,
        createdAt: app.clock.now(),
        content,
      })),
    )
  const get = <T>(rest: string, { token } = ada) => app.send<T>('GET', `${path}${rest}`, token)
  const textsOf = async (id: string) =>
    (await get<Page<Message>>(`/${id}/messages?direction=asc`)).body.data.map(({ text }) => text)

  test('a conversation is private until it is shared, and changed by its user only', async () => {
    const { id } = await create({ title: 'Plans' })
    for (const other of [bob, eve]) {
      for (const [method, rest, body] of [
        ['GET', '', undefined],
        ['GET', '/messages', undefined],
        ['GET', '/events', undefined],
        ['GET', '/export', undefined],
        ['PATCH', '', { title: 'Taken' }],
        ['PATCH', '/title', { title: 'Taken' }],
        ['PATCH', '/memory', { mode: 'none', crossSession: false }],
        ['DELETE', `/messages/${newId('itm')}`, undefined],
        ['DELETE', '', undefined],
      ] as const) {
        const { status, body: problem } = await app.send<Problem>(
          method,
          `${path}/${id}${rest}`,
          other.token,
          body,
        )
        expect([rest, status, problem.code]).toEqual([rest, 404, 'conversations/not-found'])
      }
    }
    expect((await app.send('PATCH', `${path}/${id}`, ada.token, { shared: true })).status).toBe(200)
    expect((await get<Conversation>(`/${id}`, bob)).body).toMatchObject({
      title: 'Plans',
      userId: ada.userId,
    })
    expect((await get(`/${id}/export`, vic)).status).toBe(200)
    expect((await get(`/${id}`, eve)).status).toBe(404)
    const refused = await app.send<Problem>('DELETE', `${path}/${id}`, bob.token)
    expect([refused.status, refused.body.code]).toEqual([403, 'conversations/not-yours'])
    expect((await app.send('DELETE', `${path}/${id}`, ada.token)).status).toBe(204)
    expect((await get(`/${id}`)).status).toBe(404)
  })

  test('a viewer reads and does not write', async () => {
    const { status } = await app.send('POST', path, vic.token, {})
    expect(status).toBe(403)
  })

  test('the list pages by what was said in last', async () => {
    const made = []
    for (const title of ['a', 'b', 'c']) {
      app.clock.advance('1s')
      made.push(await create({ title }, eve))
    }
    const first = (await get<Page<Conversation>>('?limit=2&of=me', eve)).body
    expect(first.data.map(({ title }) => title)).toEqual(['c', 'b'])
    const second = (await get<Page<Conversation>>(`?limit=2&of=me&cursor=${first.nextCursor}`, eve)).body
    expect([second.data.map(({ title }) => title), second.nextCursor]).toEqual([['a'], null])
    for (const cursor of [
      'eA',
      btoa('1:nonsense').replaceAll('=', ''),
      btoa('1:2026-01-01').replaceAll('=', ''),
    ])
      expect((await get(`?cursor=${cursor}`)).status).toBe(400)
  })

  test('bad input is refused and changes nothing', async () => {
    const { id } = await create({ title: 'Plans' })
    for (const body of [
      { title: '' },
      { title: 'x'.repeat(129) },
      { title: 'a\0b' },
      { shared: 'yes' },
      { memory: { mode: 'everything', crossSession: false } },
      { userId: bob.userId },
      { tenantId: eve.tenantId },
    ]) {
      expect((await app.send('PATCH', `${path}/${id}`, ada.token, body)).status).toBe(400)
      expect((await app.send('POST', path, ada.token, body)).status).toBe(400)
    }
    expect((await get<Conversation>(`/${id}`)).body).toMatchObject({ title: 'Plans', shared: false })
    for (const cursor of ['x', '-1', '1.5'])
      expect((await get(`/${id}/messages?cursor=${btoa(`1:${cursor}`).replaceAll('=', '')}`)).status).toBe(
        400,
      )
  })

  test('what a user said is taken back with everything after it', async () => {
    const { id } = await create()
    const call: ItemContent = { type: 'function_call', callId: 'c1', name: 'look', arguments: '{"a":1}' }
    await say(id, userSaid('one'), call, agentSaid('two'), userSaid('three'), agentSaid('four'))
    const events = (await get<Page<ConversationEvent>>(`/${id}/events`)).body.data
    expect(events.map(({ type, name, text }) => [type, name, text])).toEqual([
      ['message', null, 'one'],
      ['function_call', 'look', '{"a":1}'],
      ['message', null, 'two'],
      ['message', null, 'three'],
      ['message', null, 'four'],
    ])
    const back = (from: string | undefined) => app.send('DELETE', `${path}/${id}/messages/${from}`, ada.token)
    expect((await back(events[2]?.id)).status).toBe(404)
    expect(await textsOf(id)).toHaveLength(4)
    expect((await back(events[3]?.id)).status).toBe(204)
    expect(await textsOf(id)).toEqual(['one', 'two'])
  })

  test('an export has everything, in both forms, without what only a provider reads', async () => {
    const { id } = await create({ title: 'Plans\n# of ours' })
    const thought = {
      type: 'reasoning',
      content: [{ type: 'input_text', text: 'hm' }],
      providerData: { encrypted: 'SEALED' },
    } as ItemContent
    const many = Array.from({ length: 250 }, (_, index) => userSaid(`number ${index}`))
    await say(id, thought, ...many)
    const ndjson = await get(`/${id}/export`)
    expect(ndjson.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = ndjson.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, never>)
    expect(lines).toHaveLength(252)
    expect(lines[0]).toMatchObject({ type: 'conversation', conversation: { id } })
    expect(lines[251]).toMatchObject({ event: { text: 'number 249' } })
    expect(ndjson.text).not.toContain('SEALED')
    const markdown = await get(`/${id}/export?format=markdown`)
    expect(markdown.headers.get('content-type')).toContain('text/markdown')
    expect(markdown.text.startsWith('# Plans # of ours\n')).toBe(true)
    expect(markdown.text.match(/^## User/gm)).toHaveLength(250)
  })

  test('what was said is found by its words, and shown where it stands', async () => {
    const { id } = await create({ title: 'Résumé' })
    await say(id, userSaid(`${'filler '.repeat(200)}the <b>Crème</b> brûlée is ready`))
    type Hit = {
      readonly conversationId: string
      readonly snippet: {
        readonly text: string
        readonly matches: readonly { start: number; length: number }[]
      }
    }
    const found = (await get<Page<Hit> & { readonly mode: string }>('/search?q=creme+brulee')).body
    expect(found).toMatchObject({
      mode: 'words',
      nextCursor: null,
      data: [{ conversationId: id, title: 'Résumé' }],
    })
    const { text, matches } = found.data[0]?.snippet ?? { text: '', matches: [] }
    expect(matches.map(({ start, length }) => text.slice(start, start + length))).toEqual(['Crème', 'brûlée'])
    expect((await get<Page<Hit>>('/search?q=resume')).body.data).toMatchObject([
      { messageId: null, snippet: { text: 'Résumé' } },
    ])
    for (const other of [bob, eve])
      expect((await get<Page<Hit>>('/search?q=creme', other)).body.data).toEqual([])
    for (const bad of [
      '',
      '?q=',
      '?q=%20',
      `?q=${'x'.repeat(600)}`,
      '?q=a&limit=51',
      '?q=a&cursor=zz',
      '?q=a%00b',
    ])
      expect((await get(`/search${bad}`)).status).toBe(400)
  })

  test('a read is one statement, however long the conversation is', async ({ skip }) => {
    if (backend === 'memory') skip()
    const { id } = await create()
    const { statements } = app.opened
    const costs = []
    for (const length of [50, 2000]) {
      while (
        (await app.opened.storage.repositories.agents.conversationItems.window(ada.tenantId, id, length))
          .length < length
      )
        await say(id, ...Array.from({ length: 50 }, () => userSaid('again')))
      for (const rest of [`/${id}`, `/${id}/messages`, `/${id}/events`, '/search?q=again']) {
        statements.reset()
        expect((await get(rest)).status).toBe(200)
        costs.push(statements.count())
      }
    }
    expect(costs).toEqual(Array.from({ length: 8 }, () => 1))
  })

  test('a person takes their conversations along, and leaves none behind', async () => {
    const zoe = await app.person('zoe')
    const { id } = await create({ title: 'Mine' }, zoe)
    const { conversationItems, conversationSummaries } = app.opened.storage.repositories.agents
    const item = { id: newId('itm'), runId: null, clientMessageId: null, createdAt: app.clock.now() }
    const content = { type: 'message', role: 'user', content: 'I like cats.' } as const
    await conversationItems.append(zoe.tenantId, id, [{ ...item, content }])
    const summary = { text: 'She likes cats.', throughSeq: 1 }
    await conversationSummaries.replace(zoe.tenantId, id, summary, 0, app.clock.now())
    const exported = await app.send<{ agents: { conversations: object[] } }>(
      'GET',
      '/api/v1/users/me/export',
      zoe.token,
    )
    expect(JSON.stringify(exported.body)).toContain(`/api/v1/conversations/${id}/export`)
    expect(JSON.stringify(exported.body)).toContain('She likes cats.')
    const { conversations } = app.opened.storage.repositories.agents
    expect(await conversations.removeOfUser(zoe.userId)).toBe(1)
    expect((await get(`/${id}`, zoe)).status).toBe(404)
  })

  test('what is older than it is to be kept goes, and nothing else', async () => {
    const { id: old } = await create({ title: 'Old' })
    app.clock.advance('31d')
    const { conversations } = app.opened.storage.repositories.agents
    const young = { ...ada, id: newId('cnv'), createdAt: app.clock.now() }
    await app.opened.storage.repositories.agents.conversationItems.create(young)
    await app.stack.agents.conversationKeeping.purge()
    expect(await conversations.find(ada, old)).toBe(null)
    expect(await conversations.find(ada, young.id)).toMatchObject({ id: young.id })
  })
})
