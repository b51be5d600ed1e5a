import { newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import {
  type AgentsStorage,
  at,
  awkwardText,
  sampleConversation,
  sampleItem,
  storedTenant,
  userSaid,
} from './samples.conformance.ts'

/** The law of `ConversationSummaries`. `fresh` gives an empty storage for each test. */
export function conversationSummariesConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  const summary = (throughSeq: number, text = awkwardText) => ({ text, throughSeq })

  async function open() {
    const storage = await fresh()
    const {
      conversations,
      conversationItems: items,
      conversationSummaries: summaries,
    } = storage.repositories.agents
    const tenantId = await storedTenant(storage)
    const userId = newId('usr')
    const owner = { tenantId, userId }
    const conversation = async (crossSession: boolean, said: number) => {
      const row = sampleConversation(tenantId, { userId, memory: { mode: 'summary', crossSession } })
      await conversations.insert(row)
      const told = Array.from({ length: said }, (_, index) => sampleItem(userSaid(`${index + 1}`)))
      await items.append(tenantId, row.id, told)
      return { id: row.id, told }
    }
    const newTenant = () => storedTenant(storage)
    return { conversations, items, summaries, tenantId, owner, conversation, newTenant }
  }

  test('what a run is told: the newest items, the summary of the others, in its tenant only', async () => {
    const { summaries, tenantId, owner, conversation, newTenant } = await open()
    const { id, told } = await conversation(false, 5)
    const memory = { mode: 'summary', crossSession: false }
    const newest = [4, 5].map((seq) => ({ ...told[seq - 1], seq }))
    expect(await summaries.recall(owner, id, 2)).toEqual({ memory, summary: null, others: [], items: newest })
    expect(await summaries.replace(tenantId, id, summary(3), 0, at(1))).toBe(true)
    expect(await summaries.recall(owner, id, 2)).toEqual({
      memory,
      summary: summary(3),
      others: [],
      items: newest,
    })
    const stranger = await newTenant()
    expect(await summaries.recall({ ...owner, tenantId: stranger }, id, 2)).toBe(null)
    expect(await summaries.listUncovered(stranger, id, { keep: 0, limit: 9 })).toEqual([])
    expect(await summaries.replace(stranger, id, summary(5), 3, at(2))).toBe(false)
    expect(await summaries.recall(owner, newId('cnv'), 2)).toBe(null)
  })

  test('what is not covered yet, but for the newest', async () => {
    const { summaries, tenantId, conversation } = await open()
    const { id } = await conversation(false, 6)
    const uncovered = async (keep: number, limit = 9) =>
      (await summaries.listUncovered(tenantId, id, { keep, limit })).map(({ seq }) => seq)
    expect(await uncovered(2)).toEqual([1, 2, 3, 4])
    expect(await uncovered(2, 3)).toEqual([1, 2, 3])
    expect(await uncovered(9)).toEqual([])
    await summaries.replace(tenantId, id, summary(3), 0, at(1))
    expect(await uncovered(2)).toEqual([4])
    expect(await uncovered(0)).toEqual([4, 5, 6])
  })

  test('of concurrent callers one replaces a summary; nobody replaces one that they do not know', async () => {
    const { summaries, tenantId, owner, conversation } = await open()
    const { id } = await conversation(false, 3)
    for (const [through, after] of [
      [2, 0],
      [3, 2],
    ] as const) {
      const told = winners(
        await race((racer) => summaries.replace(tenantId, id, summary(through, `${racer}`), after, at(1))),
      )
      expect(told).toHaveLength(64)
      expect(told.filter(Boolean)).toHaveLength(1)
    }
    expect(await summaries.replace(tenantId, id, summary(3, 'late'), 2, at(2))).toBe(false)
    expect((await summaries.recall(owner, id, 1))?.summary).toMatchObject({ throughSeq: 3 })
  })

  test('a summary goes with what it covers, and does not cover what is gone', async () => {
    const { conversations, items, summaries, tenantId, owner, conversation } = await open()
    const { id, told } = await conversation(false, 4)
    const runId = newId('arn')
    await items.append(tenantId, id, [sampleItem(userSaid('5'), { runId }), sampleItem(userSaid('6'))])
    const known = async () => (await summaries.recall(owner, id, 1))?.summary?.throughSeq ?? null
    await summaries.replace(tenantId, id, summary(4), 0, at(1))
    await items.removeRun(tenantId, id, runId)
    expect(await known()).toBe(4)
    expect(await summaries.replace(tenantId, id, summary(5), 4, at(1))).toBe(false)
    await conversations.truncate(owner, id, told[3]?.id ?? newId('itm'))
    expect(await known()).toBe(null)
    await summaries.replace(tenantId, id, summary(2), 0, at(1))
    await items.append(tenantId, id, [sampleItem(userSaid('7'), { runId })])
    const [last] = (await summaries.recall(owner, id, 1))?.items ?? []
    await summaries.replace(tenantId, id, summary(last?.seq ?? 0), 2, at(1))
    await items.removeRun(tenantId, id, runId)
    expect(await known()).toBe(null)
    await summaries.replace(tenantId, id, summary(2), 0, at(1))
    await conversations.remove(owner, id)
    expect(await summaries.recall(owner, id, 1)).toBe(null)
  })

  test('other conversations are told of when both take part, to their user only, and not in a shared one', async () => {
    const { conversations, summaries, tenantId, owner, conversation } = await open()
    const others = await Promise.all(Array.from({ length: 6 }, () => conversation(true, 1)))
    for (const [index, { id }] of others.entries())
      await summaries.replace(tenantId, id, summary(1, `other ${index}`), 0, at(index))
    const silent = await conversation(false, 1)
    await summaries.replace(tenantId, silent.id, summary(1, 'silent'), 0, at(9))
    const { id } = await conversation(true, 1)
    await summaries.replace(tenantId, id, summary(1, 'own'), 0, at(9))
    const told = async (reader = owner, of = id) => (await summaries.recall(reader, of, 1))?.others
    expect(await told()).toEqual([5, 4, 3, 2, 1].map((index) => `other ${index}`))
    expect(await told(owner, silent.id)).toEqual([])
    expect(await told({ ...owner, userId: newId('usr') })).toEqual([])
    await conversations.update(owner, id, { shared: true })
    expect(await told()).toEqual([])
  })
}
