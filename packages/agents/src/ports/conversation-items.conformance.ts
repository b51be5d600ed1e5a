import { type Id, newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import type {
  ConversationItems,
  ItemContent,
  NewConversation,
  NewConversationItem,
} from './conversation-items.ts'

const createdAt = new Date('2026-03-01T12:00:00.123Z')

const said = (text: string): ItemContent => ({ type: 'message', role: 'user', content: text })

const sample = (text: string, change: Partial<NewConversationItem> = {}): NewConversationItem => ({
  id: newId('itm'),
  runId: null,
  clientMessageId: null,
  content: said(text),
  createdAt,
  ...change,
})

/** The law of `ConversationItems`. `fresh` gives an empty store, and tenants that exist, for each test. */
export function conversationItemsConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly items: ConversationItems; newTenant(): Promise<Id<'ten'>> }>,
): void {
  async function open() {
    const { items, newTenant } = await fresh()
    const tenantId = await newTenant()
    const conversation: NewConversation = { tenantId, id: newId('cnv'), userId: newId('usr'), createdAt }
    await items.create(conversation)
    const texts = async (limit = 1000) =>
      (await items.window(tenantId, conversation.id, limit)).map(({ content }) =>
        'content' in content ? content.content : null,
      )
    return { items, newTenant, tenantId, conversation, id: conversation.id, texts }
  }

  test('a conversation is open to its user only, in its tenant only', async () => {
    const { items, newTenant, tenantId, conversation, id } = await open()
    expect(await items.isOpenTo(tenantId, id, conversation.userId)).toBe(true)
    expect(await items.isOpenTo(tenantId, id, newId('usr'))).toBe(false)
    expect(await items.isOpenTo(await newTenant(), id, conversation.userId)).toBe(false)
    expect(await items.isOpenTo(tenantId, newId('cnv'), conversation.userId)).toBe(false)
  })

  test('creating a conversation again changes nothing', async () => {
    const { items, tenantId, conversation, id, texts } = await open()
    await items.append(tenantId, id, [sample('one')])
    const other = newId('usr')
    await items.create({ ...conversation, userId: other })
    expect(await items.isOpenTo(tenantId, id, other)).toBe(false)
    expect(await texts()).toEqual(['one'])
  })

  test('items are kept as they came, in their order, with growing numbers', async () => {
    const { items, tenantId, id } = await open()
    const runId = newId('arn')
    const call: ItemContent = { type: 'function_call', callId: 'c1', name: 'look', arguments: '{"a":"ž🌱"}' }
    const first = [
      sample('ž🌱 \\u0041', { clientMessageId: 'msg 1', runId }),
      sample('', { content: call, runId }),
    ]
    const second = [sample('later')]
    const numbers = [
      ...((await items.append(tenantId, id, first)) ?? []),
      ...((await items.append(tenantId, id, second)) ?? []),
    ]
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(3)
    const stored = await items.window(tenantId, id, 10)
    expect(stored).toEqual([...first, ...second].map((item, index) => ({ ...item, seq: numbers[index] })))
  })

  test('the window is the newest items, oldest first', async () => {
    const { items, tenantId, id, texts } = await open()
    for (const text of ['1', '2', '3', '4']) await items.append(tenantId, id, [sample(text)])
    expect(await texts(2)).toEqual(['3', '4'])
    expect(await texts(4)).toEqual(['1', '2', '3', '4'])
  })

  test('another tenant sees nothing and adds nothing', async () => {
    const { items, newTenant, tenantId, id, texts } = await open()
    const stranger = await newTenant()
    const runId = newId('arn')
    await items.append(tenantId, id, [sample('mine', { runId })])
    expect(await items.append(stranger, id, [sample('theirs')])).toBe(null)
    expect(await items.append(tenantId, newId('cnv'), [sample('nowhere')])).toBe(null)
    expect(await items.window(stranger, id, 10)).toEqual([])
    expect(await items.removeRun(stranger, id, runId)).toBe(0)
    expect(await texts()).toEqual(['mine'])
  })

  test('a call whose client message id or item id is there adds nothing', async () => {
    const { items, tenantId, id, texts } = await open()
    const item = sample('one', { clientMessageId: 'm' })
    await items.append(tenantId, id, [item])
    expect(await items.append(tenantId, id, [sample('two'), sample('three', { clientMessageId: 'm' })])).toBe(
      null,
    )
    expect(await items.append(tenantId, id, [{ ...item, clientMessageId: null }])).toBe(null)
    expect(await texts()).toEqual(['one'])
  })

  test('of concurrent callers with one client message id, one adds', async () => {
    const { items, tenantId, id, texts } = await open()
    const results = winners(
      await race((racer) => items.append(tenantId, id, [sample(`${racer}`, { clientMessageId: 'm' })])),
    )
    expect(results).toHaveLength(64)
    expect(results.filter((added) => added !== null)).toHaveLength(1)
    expect(await texts()).toHaveLength(1)
  })

  test('concurrent calls all add, and none stands between the items of another', async () => {
    const { items, tenantId, id, texts } = await open()
    const results = winners(
      await race((racer) => items.append(tenantId, id, [sample(`${racer}`), sample(`${racer}`)])),
    )
    expect(results.filter((added) => added !== null)).toHaveLength(64)
    const all = await texts()
    expect(all).toHaveLength(128)
    for (let index = 0; index < all.length; index += 2) expect(all[index]).toEqual(all[index + 1])
  })

  test('removing a run removes its items and no others', async () => {
    const { items, tenantId, id, texts } = await open()
    const runId = newId('arn')
    await items.append(tenantId, id, [sample('before'), sample('gone', { runId })])
    await items.append(tenantId, id, [
      sample('gone too', { runId }),
      sample('after', { runId: newId('arn') }),
    ])
    expect(await items.removeRun(tenantId, id, runId)).toBe(2)
    expect(await items.removeRun(tenantId, id, runId)).toBe(0)
    expect(await texts()).toEqual(['before', 'after'])
  })
}
