import { newId } from '@corbel/core'
import type { Suite } from '@corbel/core/ports'
import { matchesSearch, parseSearch } from '../search/search-query.ts'
import { type Found, foundKey } from './conversation-search.ts'
import {
  agentSaid,
  type AgentsStorage,
  at,
  awkwardText,
  sampleConversation,
  sampleItem,
  storedTenant,
  userSaid,
} from './samples.conformance.ts'

const page = { limit: 100, after: null }

/** The law of `ConversationSearch`. `fresh` gives an empty storage for each test. */
export function conversationSearchConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { conversations, conversationItems, conversationSearch } = storage.repositories.agents
    const tenantId = await storedTenant(storage)
    const owner = { tenantId, userId: newId('usr') }
    let seconds = 0
    /** A conversation in which this was said, a second later each. */
    const talk = async (texts: readonly string[], change: Parameters<typeof sampleConversation>[1] = {}) => {
      const conversation = sampleConversation(change.tenantId ?? tenantId, { ...owner, ...change })
      await conversations.insert(conversation)
      for (const text of texts)
        await conversationItems.append(conversation.tenantId, conversation.id, [
          sampleItem(userSaid(text), { createdAt: at(++seconds) }),
        ])
      return conversation
    }
    const find = async (query: string, reader = owner) =>
      (await conversationSearch.find(reader, query, page)).map(({ text }) => text)
    return { storage, conversations, conversationItems, conversationSearch, tenantId, owner, talk, find }
  }

  test('a message is found by all of its words, whatever their case and accents', async () => {
    const { talk, find } = await open()
    const text = 'Žofie zahlte dem Łukasz die Rechnung über 40 € im Café'
    await talk([text, 'An invoice of somebody else'])
    for (const query of ['zofie', 'ŽOFIE lukasz', 'cafe rechnung', 'café', 'uber 40'])
      expect(await find(query)).toEqual([text])
    for (const query of ['zofie invoice', 'rechnun', 'kaffee']) expect(await find(query)).toEqual([])
  })

  test('phrases, alternatives and unwanted words are told apart', async () => {
    const { talk, find } = await open()
    await talk(['red apples and green pears', 'green apples', 'red pears'])
    expect(await find('"green apples"')).toEqual(['green apples'])
    expect(await find('green or red')).toHaveLength(3)
    expect(await find('"green apples" or "red pears"')).toEqual(['red pears', 'green apples'])
    expect(await find('apples -red')).toEqual(['green apples'])
    expect(await find('-apples')).toEqual(['red pears'])
  })

  test('any text is a query, and one without words finds nothing', async () => {
    const { talk, find } = await open()
    await talk(['hello'])
    for (const query of [
      '',
      ' ',
      '"',
      '-',
      '& | ! :*',
      "'; drop table x; --",
      '((',
      '<->',
      'a\\',
      '🌱',
      '%',
      '_',
      ':a',
      'or',
    ])
      expect(await find(query)).toEqual([])
    expect(await find(`hello & | ! ( '`)).toEqual(['hello'])
    expect(await find(awkwardText)).toEqual([])
  })

  test('titles are found too, also after they were changed', async () => {
    const { conversations, conversationSearch, owner, talk, find } = await open()
    const { id } = await talk(['something'], { title: 'Quarterly figures' })
    const [found] = await conversationSearch.find(owner, 'figures', page)
    expect(found).toEqual({
      conversationId: id,
      title: 'Quarterly figures',
      itemId: null,
      role: null,
      text: 'Quarterly figures',
      at: at(1),
    })
    await conversations.update(owner, id, { title: 'Yearly numbers' })
    expect(await find('figures')).toEqual([])
    expect(await find('numbers')).toEqual(['Yearly numbers'])
  })

  test('what is found comes newest first, by pages', async () => {
    const { conversationSearch, owner, talk, find } = await open()
    await talk(['word 1', 'word 2'])
    await talk(['word 3'], { title: 'the word' })
    await talk(['word 4', 'other'])
    const whole = await find('word')
    expect(whole).toHaveLength(5)
    expect(whole.filter((text) => text !== 'the word')).toEqual(['word 4', 'word 3', 'word 2', 'word 1'])
    const seen: string[] = []
    let after: string | null = null
    do {
      const rows: readonly Found[] = await conversationSearch.find(owner, 'word', { limit: 2, after })
      const data = rows.slice(0, 2)
      seen.push(...data.map(({ text }) => text))
      const last = data.at(-1)
      after = rows.length > 2 && last ? foundKey(last) : null
    } while (after !== null)
    expect(seen).toEqual(whole)
  })

  test('what an agent said is found, what a tool was told is not', async () => {
    const { conversationItems, conversationSearch, owner, talk, find } = await open()
    const { id } = await talk([])
    await conversationItems.append(owner.tenantId, id, [
      sampleItem(agentSaid('the answer')),
      sampleItem({ type: 'function_call', callId: 'c', name: 'answer', arguments: '{"q":"answer"}' }),
    ])
    expect(await find('answer')).toEqual(['the answer'])
    expect(await conversationSearch.find(owner, 'answer', page)).toMatchObject([{ role: 'assistant' }])
  })

  test('nobody finds what they do not see', async () => {
    const { storage, conversations, owner, talk, find } = await open()
    const colleague = { ...owner, userId: newId('usr') }
    const stranger = { ...owner, tenantId: await storedTenant(storage) }
    const { id } = await talk(['secret plans'], { title: 'Plans' })
    expect(await find('plans', colleague)).toEqual([])
    await conversations.update(owner, id, { shared: true })
    expect((await find('plans', colleague)).toSorted()).toEqual(['Plans', 'secret plans'])
    expect(await find('plans', stranger)).toEqual([])
    await conversations.update(owner, id, { shared: false })
    expect(await find('plans', colleague)).toEqual([])
    // The ids by which rows are found faster are not words.
    for (const query of [owner.tenantId, owner.userId, owner.tenantId.slice(4)])
      expect(await find(query)).toEqual([])
  })

  test('what was said long ago is found among many messages, by nobody else', async () => {
    const { storage, conversationItems, conversationSearch, owner, find } = await open()
    const others = [
      { ...owner, userId: newId('usr') },
      { ...owner, tenantId: await storedTenant(storage) },
    ]
    for (const reader of [owner, ...others]) {
      const id = newId('cnv')
      await conversationItems.create({ ...reader, id, createdAt: at(0) })
      const texts = Array.from({ length: 600 }, (_, index) =>
        index % 250 === 1 ? `old needle ${index}` : 'hay',
      )
      await conversationItems.append(
        reader.tenantId,
        id,
        texts.map((text, index) =>
          sampleItem(userSaid(`${text} ${reader.tenantId}`), { createdAt: at(index / 60) }),
        ),
      )
    }
    expect(await find('needle')).toEqual([501, 251, 1].map((n) => `old needle ${n} ${owner.tenantId}`))
    for (const reader of others)
      expect(await find('"needle 1"', reader)).toEqual([`old needle 1 ${reader.tenantId}`])
    for (const query of ['needle -old', 'needle nowhere', '"needle old"', '-hay -needle'])
      expect(await find(query)).toEqual([])
    const [first, second] = await conversationSearch.find(owner, 'needle', { limit: 1, after: null })
    expect([first?.text, second?.text]).toEqual([501, 251].map((n) => `old needle ${n} ${owner.tenantId}`))
    const rest = await conversationSearch.find(owner, 'needle', {
      limit: 1,
      after: first ? foundKey(first) : null,
    })
    expect(rest.map(({ text }) => text)).toEqual([251, 1].map((n) => `old needle ${n} ${owner.tenantId}`))
  })

  test('what was removed is not found, whatever was written before', async () => {
    const { conversations, conversationItems, conversationSearch, owner, talk } = await open()
    // Deterministic, so that a failure can be repeated.
    let state = 7
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    const words = ['ja', 'né', 'Être', 'über', 'x1']
    const made = [await talk([], { title: 'ja' }), await talk([], { title: 'né über' })]
    for (let step = 0; step < 40; step++) {
      const { id } = made[random(made.length)] ?? { id: newId('cnv') }
      const items = (await conversations.listItems(owner, id, { kind: 'all', direction: 'asc' }, page)) ?? []
      const action = random(10)
      const text = `${words[random(5)]} ${words[random(5)]}`
      if (action < 6)
        await conversationItems.append(owner.tenantId, id, [
          sampleItem(userSaid(text), { createdAt: at(step) }),
        ])
      else if (action < 8) await conversations.update(owner, id, { title: text })
      else if (items.length > 0)
        await conversations.truncate(owner, id, items[random(items.length)]?.id ?? newId('itm'))
      const query = words[random(5)] ?? ''
      const all = await conversations.list(owner, { of: 'me' }, page)
      const titles = all.map(({ title }) => title ?? '')
      const texts = await Promise.all(
        all.map(async ({ id: each }) =>
          (
            (await conversations.listItems(owner, each, { kind: 'messages', direction: 'asc' }, page)) ?? []
          ).map(({ content }) =>
            'content' in content && typeof content.content === 'string' ? content.content : '',
          ),
        ),
      )
      const scanned = [...titles, ...texts.flat()].filter((each) => matchesSearch(each, parseSearch(query)))
      const found = (await conversationSearch.find(owner, query, page)).map((each) => each.text)
      expect(found.toSorted()).toEqual(scanned.toSorted())
    }
    for (const { id } of made) await conversations.remove(owner, id)
    for (const query of words) expect(await conversationSearch.find(owner, query, page)).toEqual([])
  })
}
