import { afterAll, expect, test } from 'vitest'
import { type OpenRedis, openRedis, redisUrl } from '../../../../test/redis.ts'
import { redisEventStream } from './redis-event-stream.ts'

const url = await redisUrl()
const redis: OpenRedis | null = url === null ? null : await openRedis(url)
afterAll(() => redis?.close())

/** Streams whose reads are counted and can be held back on their way. */
function open() {
  const { client: shared, prefix } = redis as OpenRedis
  const client = shared.duplicate()
  const reads: string[] = []
  const held = new Map<string, Promise<void>>()
  const xrange = client.xrange.bind(client) as (...args: readonly unknown[]) => Promise<unknown>
  Object.assign(client, {
    async xrange(key: string, ...rest: readonly unknown[]) {
      const stream = key.slice(key.lastIndexOf(':') + 1)
      reads.push(stream)
      const found = await xrange(key, ...rest)
      await held.get(stream)
      return found
    },
  })
  const streams = redisEventStream({ client, prefix: prefix(), deadlineMs: 10_000 })
  const signal = new AbortController()
  /** The next page of a new follower. */
  const next = (stream: string) => {
    const pages = streams.follow(stream, null, signal.signal)[Symbol.asyncIterator]()
    return pages.next()
  }
  function close(): void {
    signal.abort()
    client.disconnect()
  }
  return { streams, reads, held, next, close }
}

test.skipIf(!redis)('followers that one append wakes at the same place share a read', async () => {
  const { streams, reads, next, close } = open()
  const followers = Array.from({ length: 64 }, () => next('busy'))
  await streams.append('busy', 'told')
  const pages = await Promise.all(followers)
  const events = pages.map(({ value }) => value?.events[0])
  expect(events.map((event) => event?.data)).toEqual(Array.from({ length: 64 }, () => 'told'))
  expect(reads.length).toBeLessThan(16)
  close()
})

test.skipIf(!redis)('a read that began before an append is not shared after it', async () => {
  const { streams, reads, held, next, close } = open()
  const { promise, resolve } = Promise.withResolvers<void>()
  held.set('slow', promise)
  const first = next('slow')
  await expect.poll(() => reads.length).toBe(1)
  // Signals come in their order: who was woken for the second append has heard of the first.
  const probe = next('probe')
  await streams.append('slow', 'told')
  await streams.append('probe', '')
  await probe
  const before = reads.filter((stream) => stream === 'slow').length
  const second = next('slow')
  expect(reads.filter((stream) => stream === 'slow').length).toBe(before + 1)
  resolve()
  for (const page of [await first, await second]) expect(page.value?.events[0]?.data).toBe('told')
  close()
})
