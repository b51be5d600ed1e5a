import { type Id, newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import type { StoredFile } from './file-repository.ts'
import {
  type AgentsStorage,
  at,
  now,
  sampleConversation,
  sampleFile,
  storedTenant,
} from './samples.conformance.ts'

const room = 1000

/** The law of `FileRepository`. `fresh` gives an empty storage for each test. */
export function fileRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { files, conversations } = storage.repositories.agents
    const reader = { tenantId: await storedTenant(storage), userId: newId('usr') }
    const sample = (change: Partial<StoredFile> = {}): StoredFile =>
      sampleFile(reader.tenantId, { userId: reader.userId, ...change })
    const stored = async (change: Partial<StoredFile> = {}): Promise<StoredFile> => {
      const file = sample(change)
      await files.reserve(file, Number.MAX_SAFE_INTEGER)
      await files.complete(file.tenantId, file.id)
      return file
    }
    /** Whether there is room for so many bytes and no more. */
    const hasRoom = async (bytes: number, tenantId: Id<'ten'> = reader.tenantId): Promise<boolean> => {
      const [more, exact] = [sample({ tenantId, size: bytes + 1 }), sample({ tenantId, size: bytes })]
      const isExact = !(await files.reserve(more, room)) && (await files.reserve(exact, room))
      await files.abandon(tenantId, exact.id)
      return isExact
    }
    return { files, conversations, reader, sample, stored, hasRoom, newTenant: () => storedTenant(storage) }
  }

  test('a file is found as it was noted, when it is complete and not before', async () => {
    const { files, reader, sample } = await open()
    const file = sample()
    expect(await files.reserve(file, room)).toBe(true)
    expect(await files.findAll(reader, [file.id])).toEqual([])
    expect(await files.list(reader, { limit: 10, after: null })).toEqual([])
    expect(await files.remove(reader, file.id)).toBe(false)
    expect(await files.complete(file.tenantId, file.id)).toBe(true)
    expect(await files.findAll(reader, [file.id, newId('fil')])).toEqual([file])
    expect(await files.abandon(file.tenantId, file.id)).toBe(false)
    expect(await files.list(reader, { limit: 10, after: null })).toEqual([file])
  })

  test('to another user and another tenant it does not exist', async () => {
    const { files, reader, sample, stored, newTenant } = await open()
    const file = await stored()
    const pending = sample()
    await files.reserve(pending, room)
    const tenantId = await newTenant()
    for (const other of [
      { ...reader, tenantId },
      { ...reader, userId: newId('usr') },
    ]) {
      expect(await files.findAll(other, [file.id])).toEqual([])
      expect(await files.list(other, { limit: 10, after: null })).toEqual([])
      expect(await files.remove(other, file.id)).toBe(false)
    }
    expect(await files.complete(tenantId, pending.id)).toBe(false)
    expect(await files.abandon(tenantId, pending.id)).toBe(false)
    expect(await files.findAll(reader, [file.id, newId('fil')])).toEqual([file])
  })

  test("a file of a conversation is read by whoever may read that, is its user's to list and remove, and goes with it", async () => {
    const { files, reader, sample, stored, conversations, hasRoom, newTenant } = await open()
    const record = sampleConversation(reader.tenantId, { userId: reader.userId, shared: true })
    await conversations.insert(record)
    const colleague = { ...reader, userId: newId('usr') }
    const mine = await stored({ conversationId: record.id, size: 100 })
    const theirs = await stored({ conversationId: record.id, size: 100, userId: colleague.userId })
    const both = [mine.id, theirs.id]
    for (const who of [reader, colleague])
      expect((await files.findAll(who, both)).map(({ id }) => id).toSorted()).toEqual(both.toSorted())
    const stranger = { tenantId: await newTenant(), userId: reader.userId }
    expect(await files.findAll(stranger, both)).toEqual([])
    expect(await files.list(colleague, { limit: 10, after: null })).toEqual([theirs])
    expect(await files.remove(colleague, mine.id)).toBe(false)
    await conversations.update(reader, record.id, { shared: false })
    expect(await files.findAll(colleague, both)).toEqual([theirs])
    expect(await files.findAll({ ...reader, userId: newId('usr') }, both)).toEqual([])
    const coming = sample({ conversationId: record.id, size: 100 })
    await files.reserve(coming, room)
    await conversations.remove(reader, record.id)
    expect(await files.findAll(reader, both)).toEqual([])
    expect(await files.list(reader, { limit: 10, after: null })).toEqual([])
    expect(await files.removeForsaken(at(-1), 1)).toBe(1)
    expect(await files.removeForsaken(at(-1), 5)).toBe(1)
    expect(await files.listKnown([...both, coming.id])).toEqual([coming.id])
    expect(await hasRoom(900)).toBe(true)
  })

  test('files are listed newest first, in pages', async () => {
    const { files, reader, stored } = await open()
    const all = [await stored(), await stored(), await stored()].toReversed()
    const first = await files.list(reader, { limit: 1, after: null })
    expect(first).toEqual(all.slice(0, 2))
    expect(await files.list(reader, { limit: 5, after: first[0]?.id ?? null })).toEqual(all.slice(1))
  })

  test('of concurrent callers as many find room as there is, in each tenant', async () => {
    const { files, sample, newTenant, hasRoom } = await open()
    const tenantId = await newTenant()
    const told = winners(await race(() => files.reserve(sample({ size: 300 }), room)))
    expect(told).toHaveLength(64)
    expect(told.filter(Boolean)).toHaveLength(3)
    expect(await hasRoom(100)).toBe(true)
    expect(await hasRoom(room, tenantId)).toBe(true)
  })

  test('of concurrent callers one completes, abandons or removes a file, and its bytes are free again once', async () => {
    const { files, reader, sample, hasRoom } = await open()
    const [kept, given] = [sample({ size: 400 }), sample({ size: 500 })]
    const { tenantId } = kept
    for (const file of [kept, given]) await files.reserve(file, room)
    expect(await hasRoom(100)).toBe(true)
    const completed = winners(await race(() => files.complete(tenantId, kept.id)))
    expect(completed.filter(Boolean)).toHaveLength(1)
    const abandoned = winners(await race(() => files.abandon(tenantId, given.id)))
    expect(abandoned.filter(Boolean)).toHaveLength(1)
    expect(await hasRoom(600)).toBe(true)
    const removed = winners(await race(() => files.remove(reader, kept.id)))
    expect(removed.filter(Boolean)).toHaveLength(1)
    expect(await hasRoom(room)).toBe(true)
  })

  test('a person is shown and forgotten by every tenant at once', async () => {
    const { files, reader, sample, stored, hasRoom, newTenant } = await open()
    const [mine, elsewhere] = [await stored(), await stored({ tenantId: await newTenant() })]
    const pending = sample()
    await files.reserve(pending, room)
    const other = await stored({ userId: newId('usr'), size: 100 })
    const page = { limit: 2, after: null }
    expect(await files.listOfUser(reader.userId, page)).toEqual([mine, elsewhere, pending])
    expect(await files.listOfUser(reader.userId, { ...page, after: elsewhere.id })).toEqual([pending])
    expect(await files.removeOfUser(reader.userId)).toBe(3)
    expect(await files.removeOfUser(reader.userId)).toBe(0)
    expect(await files.listKnown([mine.id, elsewhere.id, pending.id, other.id])).toEqual([other.id])
    expect(await hasRoom(900)).toBe(true)
    expect(await hasRoom(room, elsewhere.tenantId)).toBe(true)
  })

  test('what was never completed is removed when it is old, at most as many as asked for', async () => {
    const { files, sample, stored, hasRoom } = await open()
    const complete = await stored({ createdAt: at(-10) })
    const old = [
      sample({ createdAt: at(-10) }),
      sample({ createdAt: at(-10) }),
      sample({ createdAt: at(-10) }),
    ]
    const young = sample()
    for (const file of [...old, young]) await files.reserve(file, room)
    expect(await files.removeForsaken(now, 2)).toBe(2)
    expect(await files.removeForsaken(now, 2)).toBe(1)
    expect(await files.removeForsaken(now, 2)).toBe(0)
    const known = await files.listKnown([complete.id, young.id, ...old.map(({ id }) => id), newId('fil')])
    expect(known.toSorted()).toEqual([complete.id, young.id].toSorted())
    expect(await hasRoom(980)).toBe(true)
  })
}
