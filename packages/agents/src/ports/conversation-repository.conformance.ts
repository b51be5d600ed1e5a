import { newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import type { ItemContent } from './conversation-items.ts'
import { type ConversationRecord, recencyKey } from './conversation-repository.ts'
import {
  agentSaid,
  type AgentsStorage,
  at,
  awkwardText,
  now,
  sampleConversation,
  sampleItem,
  storedTenant,
  userSaid,
} from './samples.conformance.ts'

const all = { of: 'all' } as const
const page = { limit: 100, after: null }
const everything = { kind: 'all', direction: 'asc' } as const

/** The law of `ConversationRepository`. `fresh` gives an empty storage for each test. */
export function conversationRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open(change: Partial<ConversationRecord> = {}) {
    const storage = await fresh()
    const { conversations, conversationItems: items } = storage.repositories.agents
    const [tenantId, otherTenant] = [await storedTenant(storage), await storedTenant(storage)]
    const conversation = sampleConversation(tenantId, change)
    await conversations.insert(conversation)
    const { id, userId } = conversation
    const owner = { tenantId, userId }
    const colleague = { tenantId, userId: newId('usr') }
    const stranger = { tenantId: otherTenant, userId }
    const said = (text: string) => items.append(tenantId, id, [sampleItem(userSaid(text))])
    const read = async () => (await conversations.listItems(owner, id, everything, page)) ?? []
    return { storage, conversations, items, conversation, id, owner, colleague, stranger, said, read }
  }

  const changed = {
    title: awkwardText,
    memory: { mode: 'summary', crossSession: true },
    updatedAt: at(7),
  } as const

  test('a conversation is found as it was stored, by its user only, in its tenant only', async () => {
    const { conversations, conversation, id, owner, colleague, stranger } = await open(changed)
    expect(await conversations.find(owner, id)).toEqual(conversation)
    expect(await conversations.find(colleague, id)).toBe(null)
    expect(await conversations.find(stranger, id)).toBe(null)
    expect(await conversations.find(owner, newId('cnv'))).toBe(null)
  })

  test('a shared conversation is found and read by everybody in its tenant, and changed by its user only', async () => {
    const { conversations, conversation, id, colleague, stranger, said, read } = await open({ shared: true })
    await said('hello')
    const [message] = await read()
    expect(await conversations.find(colleague, id)).toMatchObject({ id, shared: true })
    expect(await conversations.listItems(colleague, id, everything, page)).toEqual([message])
    expect(await conversations.find(stranger, id)).toBe(null)
    expect(await conversations.listItems(stranger, id, everything, page)).toBe(null)
    expect(await conversations.update(colleague, id, { title: 'Taken' })).toBe(null)
    expect(await conversations.truncate(colleague, id, message?.id ?? newId('itm'))).toBe(null)
    expect(await conversations.remove(colleague, id)).toBe(false)
    expect(await conversations.find(colleague, id)).toMatchObject({ title: conversation.title })
    expect(await read()).toHaveLength(1)
  })

  test('conversations are listed by what was said in last, those of one moment by descending id', async () => {
    const { conversations, items, conversation, owner } = await open()
    const [a, b] = ['cnv_00000000000000000000000000', 'cnv_zzzzzzzzzzzzzzzzzzzzzzzzzz'] as const
    await conversations.insert({ ...conversation, id: a })
    await conversations.insert({ ...conversation, id: b })
    const ids = async () => (await conversations.list(owner, all, page)).map(({ id }) => id)
    expect(await ids()).toEqual([b, conversation.id, a])
    await items.append(owner.tenantId, a, [sampleItem(userSaid('hi'), { createdAt: at(1) })])
    expect(await ids()).toEqual([a, b, conversation.id])
  })

  test('the list has the own and the shared ones, and can be had of either', async () => {
    const { storage, conversations, conversation, owner, colleague, stranger } = await open()
    const theirs = sampleConversation(owner.tenantId, {
      ...colleague,
      shared: true,
      createdAt: at(1),
      updatedAt: at(1),
    })
    await conversations.insert(theirs)
    await conversations.insert(sampleConversation(owner.tenantId, colleague))
    await conversations.insert(sampleConversation(stranger.tenantId, { ...stranger, shared: true }))
    const ids = async (of: 'all' | 'me' | 'others') =>
      (await storage.repositories.agents.conversations.list(owner, { of }, page)).map(({ id }) => id)
    expect(await ids('all')).toEqual([theirs.id, conversation.id])
    expect(await ids('me')).toEqual([conversation.id])
    expect(await ids('others')).toEqual([theirs.id])
  })

  test('pages of a list join without gap or repetition, with one row more than asked for', async () => {
    const { conversations, owner, colleague } = await open()
    for (let index = 0; index < 7; index++)
      await conversations.insert(
        sampleConversation(owner.tenantId, {
          ...(index % 2 === 0 ? owner : { ...colleague, shared: true }),
          updatedAt: at(index % 3),
        }),
      )
    const whole = await conversations.list(owner, all, page)
    expect(whole).toHaveLength(8)
    const seen: string[] = []
    let after: string | null = null
    do {
      const rows: readonly ConversationRecord[] = await conversations.list(owner, all, { limit: 3, after })
      const data = rows.slice(0, 3)
      seen.push(...data.map(({ id }) => id))
      const last = data.at(-1)
      after = rows.length > 3 && last ? recencyKey(last) : null
    } while (after !== null)
    expect(seen).toEqual(whole.map(({ id }) => id))
  })

  test('a change changes what it names, and nothing for anybody else', async () => {
    const { conversations, conversation, id, owner, colleague, stranger } = await open()
    const { title, memory } = changed
    expect(await conversations.update(owner, id, { title })).toEqual({ ...conversation, title })
    expect(await conversations.update(owner, id, { memory, shared: true })).toMatchObject({ title, memory })
    expect(await conversations.update(colleague, id, { shared: false })).toBe(null)
    expect(await conversations.update(stranger, id, { title: null })).toBe(null)
    expect(await conversations.find(owner, id)).toEqual({ ...conversation, title, memory, shared: true })
    expect(await conversations.update(owner, id, { title: null })).toMatchObject({ title: null })
  })

  test('of concurrent callers one removes a conversation, with all of its items', async () => {
    const { conversations, items, id, owner, colleague, stranger, said } = await open()
    await said('hello')
    expect(await conversations.remove(colleague, id)).toBe(false)
    expect(await conversations.remove(stranger, id)).toBe(false)
    const results = winners(await race(() => conversations.remove(owner, id)))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await conversations.listItems(owner, id, everything, page)).toBe(null)
    expect(await items.window(owner.tenantId, id, 10)).toEqual([])
  })

  test('items are kept as they came, also what a database may refuse', async () => {
    const { items, owner, id, read } = await open()
    const contents: ItemContent[] = [
      userSaid(awkwardText),
      {
        type: 'function_call_result',
        callId: 'c1',
        name: 'look',
        status: 'completed',
        output: { type: 'text', text: 'a\0b \uD800 c' },
        providerData: { large: 1e300, '\0': [null, { deep: true }] },
      },
    ]
    await items.append(
      owner.tenantId,
      id,
      contents.map((content) => sampleItem(content)),
    )
    expect((await read()).map(({ content }) => content)).toEqual(contents)
  })

  test('items are listed in either direction, all or what was said, by pages', async () => {
    const { conversations, items, id, owner } = await open()
    const call: ItemContent = { type: 'function_call', callId: 'c1', name: 'look', arguments: '{}' }
    const said = [userSaid('1'), call, agentSaid('2'), userSaid('3')].map((content) => sampleItem(content))
    await items.append(owner.tenantId, id, said)
    const ids = said.map((item) => item.id)
    const list = async (
      kind: 'all' | 'messages',
      direction: 'asc' | 'desc',
      limit = 10,
      after: number | null = null,
    ) =>
      ((await conversations.listItems(owner, id, { kind, direction }, { limit, after })) ?? []).map(
        (item) => item.id,
      )
    expect(await list('all', 'asc')).toEqual(ids)
    expect(await list('messages', 'desc')).toEqual([ids[3], ids[2], ids[0]])
    const [first] = (await conversations.listItems(owner, id, everything, page)) ?? []
    expect(await list('all', 'asc', 2, first?.seq)).toEqual(ids.slice(1, 4))
    expect(await list('all', 'desc', 2, first?.seq)).toEqual([])
  })

  test('a conversation without items has an empty list, and one that is not seen has none', async () => {
    const { conversations, id, owner, colleague } = await open()
    expect(await conversations.listItems(owner, id, everything, page)).toEqual([])
    expect(await conversations.listItems(colleague, id, everything, page)).toBe(null)
  })

  test('truncating removes something a user said and all after it; later items have greater numbers', async () => {
    const { conversations, items, id, owner, stranger, said, read } = await open()
    await said('1')
    await items.append(owner.tenantId, id, [sampleItem(agentSaid('2'))])
    await said('3')
    await items.append(owner.tenantId, id, [sampleItem(agentSaid('4'))])
    const [first, answer, second, last] = await read()
    if (!first || !answer || !second || !last) throw new Error('The items are not there.')
    expect(await conversations.truncate(owner, id, answer.id)).toBe(null)
    expect(await conversations.truncate(stranger, id, second.id)).toBe(null)
    expect(await conversations.truncate(owner, id, newId('itm'))).toBe(null)
    expect(await conversations.truncate(owner, id, second.id)).toBe(2)
    expect(await read()).toEqual([first, answer])
    const [seq = 0] = (await said('5')) ?? []
    expect(seq).toBeGreaterThan(last.seq)
  })

  test('of concurrent callers one truncates', async () => {
    const { conversations, id, owner, said, read } = await open()
    await said('1')
    await said('2')
    const [, second] = await read()
    const results = winners(await race(() => conversations.truncate(owner, id, second?.id ?? newId('itm'))))
    expect(results).toHaveLength(racers)
    expect(results.filter((removed) => removed !== null)).toEqual([1])
    expect(await read()).toHaveLength(1)
  })

  test('the conversations of a person are found with their summaries and removed in every tenant, and no others', async () => {
    const { storage, conversations, conversation, id, owner, colleague, stranger, said } = await open()
    await said('hello')
    const elsewhere = sampleConversation(stranger.tenantId, stranger)
    const others = sampleConversation(owner.tenantId, colleague)
    await conversations.insert(elsewhere)
    await conversations.insert(others)
    const { conversationSummaries } = storage.repositories.agents
    await conversationSummaries.replace(owner.tenantId, id, { text: awkwardText, throughSeq: 1 }, 0, now)
    const { updatedAt } = (await conversations.find(owner, id)) ?? {}
    const kept = [
      { ...conversation, updatedAt, summary: awkwardText },
      { ...elsewhere, summary: null },
    ]
    const inOrder = kept.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    expect(await conversations.listOfUser(owner.userId, page)).toEqual(inOrder)
    expect(await conversations.listOfUser(owner.userId, { limit: 1, after: inOrder[0]?.id ?? null })).toEqual(
      inOrder.slice(1),
    )
    expect(await conversations.removeOfUser(owner.userId)).toBe(2)
    expect(await conversations.removeOfUser(owner.userId)).toBe(0)
    expect(await conversations.listItems(owner, id, everything, page)).toBe(null)
    expect(await conversations.find(colleague, others.id)).toEqual(others)
  })

  test('a purge removes what nothing was said in since, at most so many', async () => {
    const { conversations, owner } = await open()
    const old = { ...owner, updatedAt: at(-10) }
    for (let index = 0; index < 3; index++)
      await conversations.insert(sampleConversation(owner.tenantId, old))
    expect(await conversations.purge(now, 2)).toBe(2)
    expect(await conversations.purge(now, 2)).toBe(1)
    expect(await conversations.purge(now, 2)).toBe(0)
    expect(await conversations.list(owner, all, page)).toHaveLength(1)
  })

  test('a transaction that fails leaves conversations and items as they were', async () => {
    const { storage, conversations, conversation, id, owner, said, read } = await open()
    await said('1')
    const before = await read()
    const failed = storage.transaction(async ({ repositories: { agents } }) => {
      await agents.conversations.update(owner, id, { title: 'Changed' })
      await agents.conversationItems.append(owner.tenantId, id, [sampleItem(userSaid('2'))])
      await agents.conversations.insert(sampleConversation(owner.tenantId, owner))
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await conversations.list(owner, all, page)).toEqual([conversation])
    expect(await read()).toEqual(before)
  })
}
