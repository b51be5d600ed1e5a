import { quotaStoreConformance } from '@corbel/billing/ports'
import { newId } from '@corbel/core'
import {
  cacheConformance,
  eventStreamConformance,
  lockConformance,
  pubSubConformance,
  rateLimiterConformance,
  realTime,
} from '@corbel/core/ports'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { connect, openRedis, redisUrl } from '../../../../test/redis.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { redisCache } from './redis-cache.ts'
import { redisEventStream } from './redis-event-stream.ts'
import { redisLock } from './redis-lock.ts'
import { redisPubSub } from './redis-pub-sub.ts'
import { redisQuotaStore } from './redis-quota-store.ts'
import { redisRateLimiter } from './redis-rate-limiter.ts'

const url = await redisUrl()

/** Wide: the laws are about outcomes, and a busy machine is no outage. */
const deadlineMs = 10_000

describe.skipIf(url === null)('redis keeps the law of', async () => {
  const open = await openRedis(url ?? '')
  const { client } = open
  const opened: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0)) await close()
  })
  afterAll(() => open.close())

  const options = () => ({ client, prefix: open.prefix(), deadlineMs })

  /** A client of a Redis that does not exist: nothing listens on port 1. */
  function nowhere(): Redis {
    const lost = connect('redis://127.0.0.1:1')
    opened.push(() => lost.disconnect())
    return lost
  }

  describe('cache', () => {
    cacheConformance(conforming('cache', 'redis'), async () => ({
      cache: redisCache(options()),
      ...realTime,
    }))
  })

  describe('lock', () => {
    lockConformance(
      conforming('lock', 'redis'),
      async () => ({ lock: redisLock(options()), ...realTime }),
      async () => redisLock({ client: nowhere() }),
    )
  })

  describe('rate limiter', () => {
    rateLimiterConformance(conforming('rate limiter', 'redis'), async () => ({
      limiter: redisRateLimiter(options()),
      ...realTime,
    }))
  })

  describe('quota store', () => {
    quotaStoreConformance(conforming('quota store', 'redis'), async () => ({
      quotas: redisQuotaStore(options()),
      tenants: [newId('ten'), newId('ten')],
    }))
  })

  describe('event stream', () => {
    eventStreamConformance(
      conforming('event stream', 'redis'),
      async (limits) => {
        const streams = redisEventStream({ ...options(), ...limits })
        opened.push(() => streams.close?.())
        return { streams, ...realTime }
      },
      async () => redisEventStream({ client: nowhere() }),
    )
  })

  describe('pub-sub', () => {
    pubSubConformance(
      conforming('pub-sub', 'redis'),
      async () => {
        const prefix = open.prefix()
        // The listening connection has the name of its client: that is how to find and cut it.
        const own = connect(url ?? '', { connectionName: prefix })
        const pubSub = redisPubSub({ client: own, prefix, deadlineMs })
        const elsewhere = redisPubSub({ client, prefix, deadlineMs })
        opened.push(
          () => pubSub.close?.(),
          () => elsewhere.close?.(),
          () => own.disconnect(),
        )
        return { pubSub, elsewhere, interrupt: () => cut(client, prefix) }
      },
      {
        outage: async () => {
          const pubSub = redisPubSub({ client: nowhere() })
          opened.push(() => pubSub.close?.())
          return pubSub
        },
        gaps: 'happen',
      },
    )
  })

  test('a client with a key prefix of its own works as well, and both prefixes are in every key', async () => {
    const prefix = open.prefix()
    const prefixed = connect(url ?? '', { keyPrefix: `${prefix}:` })
    opened.push(() => prefixed.disconnect())
    const own = { client: prefixed, prefix: 'own', deadlineMs }
    const streams = redisEventStream(own)
    const pubSub = redisPubSub(own)
    opened.push(
      () => streams.close?.(),
      () => pubSub.close?.(),
    )
    await redisCache(own).set('key', 'value', 60_000)
    expect(await redisCache(own).get('key')).toBe('value')
    expect(await redisLock(own).acquire('name', { leaseMs: 60_000 })).not.toBe(null)
    await redisRateLimiter(own).take('key', { limit: 1, windowMs: 60_000 })
    const followed = (async () => {
      for await (const { events } of streams.follow('stream', null, AbortSignal.timeout(20_000)))
        return events
      return []
    })()
    await streams.append('stream', 'data')
    expect((await followed).map(({ data }) => data)).toEqual(['data'])
    const heard = Promise.withResolvers<string>()
    await pubSub.subscribe('topic', { onMessage: heard.resolve, onGap: () => {} })
    await pubSub.publish('topic', 'message')
    expect(await heard.promise).toBe('message')
    const [, keys] = await client.scan(0, 'MATCH', `${prefix}:*`, 'COUNT', 1_000_000)
    expect(keys.map((key) => key.slice(prefix.length)).toSorted()).toEqual([
      ':own:cache:key',
      ':own:fence',
      ':own:lock:name',
      ':own:rate:key',
      ':own:signals',
      ':own:stream:stream',
    ])
  })
})

async function cut(client: Redis, name: string): Promise<void> {
  const lines = String(await client.call('CLIENT', 'LIST', 'TYPE', 'pubsub')).split('\n')
  const ids = lines
    .filter((line) => line.includes(` name=${name} `))
    .map((line) => /\bid=(\d+)/.exec(line)?.[1])
  if (ids.length === 0) throw new Error('The listening connection is not there.')
  for (const id of ids) await client.client('KILL', 'ID', id ?? '')
}
