import { afterAll, describe, expect, test } from 'vitest'
import { openRedis, redisUrl } from '../../../../test/redis.ts'
import { signalCount, streamSignals } from './redis-stream-signals.ts'

const url = await redisUrl()

describe.skipIf(url === null)('stream signals', async () => {
  const open = await openRedis(url ?? '')
  const { client } = open
  afterAll(() => open.close())

  /** Listens to `stream` and counts; a wake that never comes fails by the time-out of the test. */
  function listening(stream: string) {
    const key = open.prefix()
    const signals = streamSignals(client, key)
    let woken = Promise.withResolvers<void>()
    let count = 0
    const stop = signals.listen(stream, () => {
      count += 1
      woken.resolve()
    })
    return {
      signals,
      key,
      stop,
      count: () => count,
      async next(): Promise<void> {
        await woken.promise
        woken = Promise.withResolvers()
      },
    }
  }

  const signal = (key: string, stream: string) => [
    'xadd',
    key,
    'MAXLEN',
    '=',
    signalCount,
    '*',
    'stream',
    stream,
  ]

  test('wakes once at the start, for what was appended before it listened', async () => {
    const { next, stop, count } = listening('stream')
    await next()
    expect(count()).toBe(1)
    stop()
  })

  test('wakes for its own stream', async () => {
    const { next, stop, key, count } = listening('stream')
    await next()
    await client.multi([signal(key, 'other'), signal(key, 'other')]).exec()
    await client.multi([signal(key, 'stream')]).exec()
    await next()
    expect(count()).toBe(2)
    stop()
  })

  test('wakes everybody after as many signals as are kept, for one may have been trimmed unread', async () => {
    const { next, stop, key } = listening('stream')
    await next()
    // In one step, so that the blocked read is only answered when the first of them is gone.
    const others = Array.from({ length: signalCount }, () => signal(key, 'other'))
    await client.multi([signal(key, 'stream'), ...others]).exec()
    await next()
    expect(await client.xlen(key)).toBe(signalCount)
    stop()
  })

  test('listening again after the last one stopped wakes as well', async () => {
    const { signals, next, stop, key } = listening('stream')
    await next()
    stop()
    const first = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    let count = 0
    const stopAgain = signals.listen('stream', () => {
      count += 1
      if (count === 1) first.resolve()
      else second.resolve()
    })
    await first.promise
    await client.multi([signal(key, 'stream')]).exec()
    await second.promise
    expect(count).toBe(2)
    stopAgain()
  })
})
