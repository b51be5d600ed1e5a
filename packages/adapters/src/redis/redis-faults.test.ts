import { inspect } from 'node:util'
import { recordingLogger, type StreamPage } from '@corbel/core/ports'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLine } from '../../../../test/broken-line.ts'
import {
  connect,
  type ConnectOptions,
  hasRedisServer,
  type PrivateRedis,
  startRedis,
} from '../../../../test/redis.ts'
import { redisCache } from './redis-cache.ts'
import { redisEventStream } from './redis-event-stream.ts'
import { redisLock } from './redis-lock.ts'
import { redisPubSub } from './redis-pub-sub.ts'
import { redisRateLimiter } from './redis-rate-limiter.ts'

// No test here measures time: a call that outlives its deadline for good fails by the time-out of the test.
const refused = { code: 'port/unavailable', status: 503, details: { retryAfter: 1 } }
const long = 3_600_000
const quota = { limit: 10, windowMs: long }
const secret = 'canary-5f0c'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

async function privateRedis(...settings: readonly string[]): Promise<PrivateRedis> {
  const redis = await startRedis(...settings)
  opened.push(() => redis.close())
  return redis
}

function clientOf({ url }: Pick<PrivateRedis, 'url'>, options: ConnectOptions = {}): Redis {
  const client = connect(url, { retryStrategy: () => 25, ...options })
  opened.push(() => client.disconnect())
  return client
}

function adaptersOf(client: Redis) {
  const streams = redisEventStream({ client })
  const pubSub = redisPubSub({ client, heartbeatMs: 200 })
  opened.push(
    () => streams.close?.(),
    () => pubSub.close?.(),
  )
  const lock = redisLock({ client })
  return {
    cache: redisCache({ client, restMs: 1 }),
    limiter: redisRateLimiter({ client }),
    lock,
    streams,
    pubSub,
  }
}

type Adapters = ReturnType<typeof adaptersOf>

/** Resolves when `outcome` gives true, whatever it throws before. */
async function until(outcome: () => Promise<boolean>): Promise<void> {
  while (!(await outcome().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20))
}

const admittedBy = async ({ limiter }: Pick<Adapters, 'limiter'>, calls: number): Promise<number> => {
  let admitted = 0
  for (let call = 0; call < calls; call++) if ((await limiter.take('key', quota)).allowed) admitted += 1
  return admitted
}

/** The documented policy of each kind while Redis cannot be asked. */
async function expectPolicy({ cache, limiter, lock, streams, pubSub }: Adapters): Promise<void> {
  expect(await cache.get('key')).toBe(null)
  await cache.set('key', secret, long)
  expect(await cache.add('new', secret, long)).toBe(false)
  await expect(cache.delete('key')).rejects.toMatchObject(refused)
  expect(await admittedBy({ limiter }, 40)).toBe(quota.limit)
  await expect(lock.acquire('name', { leaseMs: long })).rejects.toMatchObject(refused)
  await expect(lock.acquire('name', { leaseMs: long, waitMs: long })).rejects.toMatchObject(refused)
  await expect(streams.append('stream', secret)).rejects.toMatchObject(refused)
  await expect(streams.read('stream', null, 10)).rejects.toMatchObject(refused)
  await expect(firstPage(streams, null)).rejects.toMatchObject(refused)
  await expect(pubSub.publish('topic', secret)).rejects.toMatchObject(refused)
  for (const adapter of [cache, limiter, lock, streams, pubSub]) {
    await expect(adapter.check?.()).rejects.toMatchObject(refused)
  }
}

async function firstPage({ follow }: Adapters['streams'], after: string | null): Promise<StreamPage | null> {
  for await (const page of follow('stream', after, AbortSignal.timeout(20_000))) return page
  return null
}

describe.skipIf(!hasRedisServer())('redis', () => {
  describe('killed and started again', () => {
    let redis: PrivateRedis
    let adapters: Adapters
    beforeEach(async () => {
      redis = await privateRedis()
      adapters = adaptersOf(clientOf(redis))
    })

    test('every kind keeps its policy while it is down, and works again afterwards', async () => {
      const { cache, limiter, lock, streams } = adapters
      await cache.set('key', 'value', long)
      await redis.kill()
      await expectPolicy(adapters)
      await redis.start()
      await until(async () => (await streams.append('stream', 'data')) !== '')
      await until(() => cache.add('key', 'value', long))
      expect(await lock.acquire('name', { leaseMs: long })).not.toBe(null)
      await limiter.check?.()
    })

    test('nothing that was refused is carried out when it is back', async () => {
      const naked = new Redis(redis.url, { retryStrategy: () => 25, maxRetriesPerRequest: null })
      naked.on('error', () => {})
      opened.push(() => naked.disconnect())
      await naked.ping()
      await redis.kill()
      await expectPolicy(adapters)
      const queued = naked.set('naked', 'value')
      await redis.start()
      await queued
      await until(async () => (await adapters.streams.read('stream', null, 10)).events.length === 0)
      // ioredis by itself does carry it out: the fault is real.
      expect(await naked.keys('*')).toEqual(['naked'])
    })

    test('a lost memory of quotas admits at most as much again, by however many processes', async () => {
      const limiters = [1, 2].map(() => ({
        limiter: redisRateLimiter({ client: clientOf(redis), processes: 2, restMs: 1 }),
      }))
      const admitted = async (): Promise<number> => {
        let sum = 0
        for (const each of limiters) sum += await admittedBy(each, 20)
        return sum
      }
      const before = await admitted()
      await redis.kill()
      const during = await admitted()
      await redis.start()
      for (const { limiter } of limiters) await until(async () => (await limiter.check?.()) === undefined)
      const after = await admitted()
      expect(before).toBe(quota.limit)
      expect(during).toBeGreaterThan(0)
      expect(before + during).toBeLessThanOrEqual(quota.limit * 2)
      expect(after).toBe(0)
      // Redis alone would have admitted them once more: it writes only what it admits.
      expect(await clientOf(redis).exists('corbel:rate:key')).toBe(1)
    })

    test('tokens grow although it forgot them, and a holder of before is a stranger', async () => {
      const { lock } = adapters
      const before = await lock.acquire('name', { leaseMs: long })
      await redis.kill()
      await redis.start()
      await until(async () => (await lock.check?.()) === undefined)
      const after = await lock.acquire('name', { leaseMs: long })
      expect(after?.token).toBeGreaterThan(before?.token ?? Number.NaN)
      expect(await before?.renew(long)).toBe(false)
      expect(await before?.release()).toBe(false)
      expect(await after?.release()).toBe(true)
    })

    test('readers of a stream that it lost are told by a reset', async () => {
      const { streams } = adapters
      const cursor = await streams.append('stream', 'lost')
      await redis.kill()
      await redis.start()
      await until(async () => (await streams.check?.()) === undefined)
      expect(await streams.read('stream', cursor, 10)).toEqual({ events: [], reset: true })
      await streams.append('stream', 'new')
      const page = await firstPage(streams, cursor)
      expect(page).toMatchObject({ reset: true, events: [{ data: 'new' }] })
    })

    test('a follower that was waiting is told by an error, at the latest when nothing answers', async () => {
      const cursor = await adapters.streams.append('stream', 'data')
      // Before the kill: it may learn of it before the process has ended.
      const told = expect(firstPage(adapters.streams, cursor)).rejects.toMatchObject(refused)
      await redis.kill()
      await told
    })

    test('subscribers hear of the gap and then of what is published', async () => {
      const { pubSub } = adapters
      const heard: string[] = []
      const gap = Promise.withResolvers<void>()
      const message = Promise.withResolvers<void>()
      await pubSub.subscribe('topic', {
        onGap: gap.resolve,
        onMessage: (text) => {
          heard.push(text)
          message.resolve()
        },
      })
      await redis.kill()
      await redis.start()
      await gap.promise
      await until(async () => (await pubSub.publish('topic', 'after')) === undefined)
      await message.promise
      expect(heard).toEqual(['after'])
    })
  })

  describe('frozen', () => {
    let redis: PrivateRedis
    let client: Redis
    let adapters: Adapters
    beforeEach(async () => {
      redis = await privateRedis()
      client = clientOf(redis)
      adapters = adaptersOf(client)
      await client.ping()
    })

    test('every kind keeps its policy, and works again when it thaws', async () => {
      let answered = false
      redis.freeze()
      const naked = client.get('key').finally(() => {
        answered = true
      })
      await expectPolicy(adapters)
      // ioredis by itself still waits: the fault is real.
      expect(answered).toBe(false)
      redis.thaw()
      await naked
      await until(() => adapters.cache.add('another', 'value', long))
      await adapters.streams.append('stream', 'data')
    })

    test('a lease that is granted too late is given back', async () => {
      redis.freeze()
      await expect(adapters.lock.acquire('name', { leaseMs: long })).rejects.toMatchObject(refused)
      redis.thaw()
      const lease = await adapters.lock.acquire('name', { leaseMs: long, waitMs: 20_000 })
      expect(lease).not.toBe(null)
    })

    test('subscribers whose connection looks alive hear of the gap', async () => {
      const gap = { heard: false }
      await adapters.pubSub.subscribe('topic', { onGap: () => (gap.heard = true), onMessage: () => {} })
      // The heartbeat finds out, and hangs up; the new connection is answered when Redis thaws.
      for (let pauseMs = 500; !gap.heard; pauseMs *= 2) {
        redis.freeze()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        redis.thaw()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
      expect(gap.heard).toBe(true)
    })

    test('a follower that was waiting is told by an error', async () => {
      const cursor = await adapters.streams.append('stream', 'data')
      const waiting = firstPage(adapters.streams, cursor)
      redis.freeze()
      await expect(waiting).rejects.toMatchObject(refused)
    })

    test('those who can do without are not made to wait for it one by one', async () => {
      redis.freeze()
      const logger = recordingLogger()
      const cache = redisCache({ client, logger, restMs: long })
      await cache.get('key')
      const before = client.commandQueue.length
      for (let call = 0; call < 100; call++) await cache.get('key')
      expect(client.commandQueue.length).toBe(before)
      expect(logger.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
        'warn: Redis fails. Every read of the cache is a miss until it answers.',
      ])
    })
  })

  describe('with full memory', () => {
    /** Fills 2 MB until Redis refuses or drops. */
    async function fill(client: Redis): Promise<'refuses' | 'drops'> {
      for (let block = 0; block < 500; block++) {
        try {
          await client.set(`ballast:${block}`, 'x'.repeat(10_000))
        } catch {
          // The smallest write must find it full, too.
          for (;;) {
            try {
              await client.append('ballast:last', 'x'.repeat(100))
            } catch {
              return 'refuses'
            }
          }
        }
      }
      return 'drops'
    }

    test('noeviction: reads go on, writes follow the policy, nothing that was kept is lost', async () => {
      const redis = await privateRedis('--maxmemory', '2mb', '--maxmemory-policy', 'noeviction')
      const client = clientOf(redis)
      const { cache, limiter, lock, streams } = adaptersOf(client)
      await cache.set('key', 'kept', long)
      const cursor = await streams.append('stream', 'kept')
      const lease = await lock.acquire('held', { leaseMs: long })
      expect(await fill(client)).toBe('refuses')
      expect(await cache.get('key')).toBe('kept')
      await cache.set('key', 'other', long)
      expect(await admittedBy({ limiter }, 40)).toBe(quota.limit)
      await expect(streams.append('stream', secret)).rejects.toMatchObject(refused)
      await expect(lock.acquire('name', { leaseMs: long })).rejects.toMatchObject(refused)
      expect(await streams.read('stream', cursor, 10)).toEqual({ events: [], reset: false })
      expect(await lease?.release()).toBe(true)
      const failure = await streams.append('stream', secret).catch((error: unknown) => error)
      expect(inspect(failure, { depth: 10 })).toContain('OOM')
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(secret)
      await client.flushall()
      await streams.append('stream', 'room again')
      expect(await lock.acquire('name', { leaseMs: long })).not.toBe(null)
    })

    test.each(['allkeys-lru', 'allkeys-random', 'volatile-lru', 'volatile-ttl'])(
      '%s: locks and streams refuse to start on it, the cache and the rate limiter do not',
      async (policy) => {
        const redis = await privateRedis('--maxmemory', '2mb', '--maxmemory-policy', policy)
        const client = clientOf(redis)
        const { cache, limiter, lock, streams, pubSub } = adaptersOf(client)
        await expect(lock.check?.()).rejects.toThrow(
          `its maxmemory-policy is ${policy}. Set "maxmemory-policy noeviction"`,
        )
        await expect(streams.check?.()).rejects.toThrow(policy)
        await Promise.all([cache.check?.(), limiter.check?.(), pubSub.check?.()])
        // And rightly so: on such a Redis a lease is gone before its time.
        await lock.acquire('name', { leaseMs: long })
        const ballast = Array.from({ length: 2000 }, (_, n) =>
          client.set(`b:${n}`, 'x'.repeat(10_000), 'PX', long),
        )
        await Promise.all(ballast)
        if (policy !== 'volatile-ttl') expect(await client.exists('corbel:lock:name')).toBe(0)
      },
    )

    test('allkeys-lru: a quota in use is admitted at most twice, while others push it out', async () => {
      const redis = await privateRedis('--maxmemory', '2mb', '--maxmemory-policy', 'allkeys-lru')
      const client = clientOf(redis)
      const { limiter } = adaptersOf(client)
      let admitted = 0
      for (let round = 0; round < 40; round++) {
        admitted += await admittedBy({ limiter }, 5)
        await Promise.all(
          Array.from({ length: 20 }, (_, n) => client.set(`b:${round}:${n}`, 'x'.repeat(10_000))),
        )
      }
      expect(Number(/evicted_keys:(\d+)/.exec(await client.info('stats'))?.[1])).toBeGreaterThan(100)
      expect(admitted).toBeGreaterThanOrEqual(quota.limit)
      expect(admitted).toBeLessThanOrEqual(quota.limit * 2)
    })
  })

  test('a connection that leads nowhere is left, though nobody hangs up', async () => {
    const redis = await privateRedis()
    const line = await openLine(Number(new URL(redis.url).port))
    opened.push(() => line.close())
    const pubSub = redisPubSub({
      client: clientOf({ url: `redis://127.0.0.1:${line.port}` }),
      heartbeatMs: 100,
    })
    opened.push(() => pubSub.close?.())
    const gap = Promise.withResolvers<'told'>()
    await pubSub.subscribe('topic', { onGap: () => gap.resolve('told'), onMessage: () => {} })
    line.breakSilently()
    expect(await gap.promise).toBe('told')
  })

  test('FLUSHALL: tokens grow, a quota is admitted at most once more, followers are told by a reset', async () => {
    const client = clientOf(await privateRedis())
    const { limiter, lock, streams } = adaptersOf(client)
    const before = await lock.acquire('name', { leaseMs: long })
    const cursor = await streams.append('stream', 'lost')
    const waiting = firstPage(streams, cursor)
    let admitted = await admittedBy({ limiter }, 20)
    await client.flushall()
    admitted += await admittedBy({ limiter }, 20)
    expect(admitted).toBeLessThanOrEqual(quota.limit * 2)
    const after = await lock.acquire('name', { leaseMs: long })
    expect(after?.token).toBeGreaterThan(before?.token ?? Number.NaN)
    expect(await before?.release()).toBe(false)
    await streams.append('stream', 'new')
    expect((await waiting)?.reset).toBe(true)
  })

  test('a fencing token refuses the writer that slept beyond its lease', async () => {
    const client = clientOf(await privateRedis())
    const lock = redisLock({ client })
    const written: string[] = []
    let newest = 0
    const write = (token: number, text: string): void => {
      if (token < newest) return
      newest = token
      written.push(text)
    }
    const asleep = await lock.acquire('name', { leaseMs: 1 })
    const awake = await lock.acquire('name', { leaseMs: long, waitMs: long })
    write(awake?.token ?? 0, 'awake')
    write(asleep?.token ?? 0, 'asleep')
    expect(written).toEqual(['awake'])
  })

  test('followers of many streams share one connection, which closes with the last of them', async () => {
    const client = clientOf(await privateRedis(), { connectionName: 'counted' })
    const { streams } = adaptersOf(client)
    const connections = async (): Promise<number> =>
      String(await client.client('LIST')).split('name=counted ').length - 1
    const controllers = Array.from({ length: 50 }, () => new AbortController())
    const heard: string[] = []
    const followers = controllers.map(async ({ signal }, index) => {
      for await (const { events } of streams.follow(`stream ${index}`, null, signal)) {
        heard.push(...events.map(({ data }) => data))
      }
    })
    for (let index = 0; index < 50; index++) await streams.append(`stream ${index}`, String(index))
    await until(async () => heard.length === 50)
    expect(await connections()).toBe(2)
    for (const controller of controllers) controller.abort()
    await Promise.all(followers)
    await until(async () => (await connections()) === 1)
    expect(new Set(heard).size).toBe(50)
  })

  test('a burst of more appends than signals are kept wakes everybody', async () => {
    const client = clientOf(await privateRedis())
    const streams = redisEventStream({ client, deadlineMs: 10_000 })
    opened.push(() => streams.close?.())
    const first = await streams.append('stream', 'first')
    const controller = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      // Well before a follower looks again by itself.
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(8_000)])
      for await (const { events } of streams.follow('stream', first, signal)) {
        seen.push(...events.map(({ data }) => data))
        if (seen.length === 5) break
      }
    })()
    for (let round = 0; round < 5; round++) {
      const others = Array.from({ length: 400 }, (_, n) => streams.append(`other ${n}`, 'data'))
      await Promise.all([
        ...others.slice(0, 10),
        streams.append('stream', String(round)),
        ...others.slice(10),
      ])
    }
    await following
    expect(seen).toEqual(['0', '1', '2', '3', '4'])
  })

  test('streams refuse a client that repeats what it may have done', async () => {
    const { url } = await privateRedis()
    const naked = new Redis(url, { lazyConnect: true })
    opened.push(() => naked.disconnect())
    expect(() => redisEventStream({ client: naked })).toThrow('redisClientOptions')
  })

  test('a client that connects when first used, and one that was closed', async () => {
    const redis = await privateRedis()
    const lazy = clientOf(redis, { lazyConnect: true })
    const cache = redisCache({ client: lazy, deadlineMs: 10_000 })
    await cache.set('key', 'value', long)
    expect(await cache.get('key')).toBe('value')
    lazy.disconnect()
    await expect(redisLock({ client: lazy }).acquire('name', { leaseMs: long })).rejects.toMatchObject(
      refused,
    )
  })
})
