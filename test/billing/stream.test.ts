import { redisEventStream } from '@corbel/adapters/redis'
import { memoryEventStream } from '@corbel/core/ports'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { connect, hasRedisServer, type OpenRedis, openRedis, redisUrl, startRedis } from '../redis.ts'
import { follow, openStreaming, type Seen } from './stream.fixture.ts'

const url = await redisUrl()
const redis: OpenRedis | null = url === null ? null : await openRedis(url)
afterAll(() => redis?.close())

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

function redisStreams() {
  const { client, prefix } = redis as OpenRedis
  const streams = redisEventStream({ client, prefix: prefix() })
  opened.push(() => streams.close?.())
  return streams
}

const kinds = [
  ['the embedded stream', memoryEventStream],
  ...(redis ? [['Redis', redisStreams] as const] : []),
] as const

const isOf =
  (type: string) =>
  ({ data }: Seen) =>
    data?.type === type
const isReset = ({ event }: Seen) => event === 'reset'
const activated = isOf('billing.subscription.activated')

describe.each(kinds)('the billing stream over %s', (_, makeStream) => {
  test('tells a tenant what happens to it and nobody else; who was cut off goes on with no gap and nothing twice', async () => {
    const app = await openStreaming(makeStream())
    const [ada, eve] = [await app.member('ada@example.com'), await app.member('eve@example.com')]
    const [reader, foreign] = [await follow(ada), await follow(eve)]
    expect(await ada.ask('', { planCode: 'starter', trialDays: 14 })).toBe(201)
    await app.settle()
    const first = await reader.until(activated)
    expect(first.every(({ data }) => data !== null)).toBe(true)
    const place = first.at(-1)?.id ?? ''
    reader.leave()
    expect(await ada.ask('/cancel', {})).toBe(200)
    expect(await eve.ask('', { planCode: 'pro', trialDays: 14 })).toBe(201)
    await app.settle()
    const cancelled = ({ data }: Seen) =>
      (data?.data['changes'] as string[] | undefined)?.includes('cancelAt')
    const rest = await (await follow(ada, place)).until((seen) => cancelled(seen) === true)
    expect(rest.some(isReset)).toBe(false)
    // By the query, for those who cannot send the header.
    const same = await (await follow(ada, null, `?after=${place}`)).until((seen) => cancelled(seen) === true)
    expect(same).toEqual(rest)
    const ids = [...first, ...rest].map(({ data }) => data?.id)
    expect(new Set(ids).size).toBe(ids.length)
    // All of it, from the beginning, for who comes without a place.
    const all = await (await follow(ada)).until(({ id }) => id === rest.at(-1)?.id)
    expect(all.map(({ data }) => data?.id)).toEqual(ids)
    const foreigners = await foreign.until(activated)
    for (const { data } of foreigners) expect(ids).not.toContain(data?.id)
    const metrics = (await app.stack.meter.scrape()).body
    expect(metrics).toContain(
      'corbel_billing_gateway_calls_total{operation="startSubscription",outcome="ok"} 2',
    )
    expect(metrics).toMatch(/^corbel_billing_stream_events_total\{outcome="appended"\} [1-9]/m)
    expect(metrics).toContain('corbel_billing_stream_readers 4')
  })

  test('says reset to a place that it does not know; what it still keeps only where that is switched on', async () => {
    for (const replay of [true, false]) {
      const settings = { ENABLE_BILLING_STREAM_REPLAY: String(replay) }
      const app = await openStreaming(makeStream(), settings)
      const ada = await app.member('ada@example.com')
      await ada.ask('', { planCode: 'starter', trialDays: 14 })
      await app.settle()
      const [lost, newcomer] = [await follow(ada, 'no such place'), await follow(ada)]
      const ended = isOf('billing.subscription.ended')
      // A place is taken when the first bytes are asked for.
      const [reset, ofNewcomer] = [lost.until(isReset), newcomer.until(ended)]
      expect(await reset).toHaveLength(1)
      await ada.ask('/cancel', { when: 'now' })
      await app.settle()
      const [seen, seenByNewcomer] = [await lost.until(ended), await ofNewcomer]
      expect(seen).toEqual(seenByNewcomer)
      expect(seen.some(activated)).toBe(replay)
      // The place of the reset is none: who lost the connection at once is told again.
      const again = await (await follow(ada, '0')).until(isReset)
      expect(again).toHaveLength(1)
    }
  })
})

test.skipIf(!hasRedisServer())('without Redis events are only late', async () => {
  const own = await startRedis()
  opened.push(() => own.close())
  const client = connect(own.url, { retryStrategy: () => 25 })
  const streams = redisEventStream({ client })
  opened.push(
    () => client.disconnect(),
    () => streams.close?.(),
  )
  const app = await openStreaming(streams)
  const ada = await app.member('ada@example.com')
  const before = await follow(ada)
  await own.kill()
  expect(await ada.ask('', { planCode: 'starter', trialDays: 14 })).toBe(201)
  await app.settle()
  // A stream that is cut off says why, and billing goes on.
  await expect(before.until(activated)).rejects.toMatchObject({ code: 'port/unavailable' })
  expect(await ada.ask('/cancel', {})).toBe(200)
  await own.start()
  for (let round = 0; round < 4; round++) {
    app.clock.advance('1m')
    await app.settle()
  }
  // What was late comes in any order: versions tell.
  const missing = new Set(['billing.subscription.activated', 'cancelAt'])
  const seen = await (
    await follow(ada)
  ).until(({ data }) => {
    const isChange = data?.data['previousStatus'] === 'trialing'
    missing.delete(isChange ? String((data.data['changes'] as string[])[0]) : `${data?.type}`)
    return missing.size === 0
  })
  expect(seen.some(isReset)).toBe(false)
})

test('while it is off nothing is told and whoever asks is told why', async () => {
  const streams = memoryEventStream()
  const app = await openStreaming(streams, { ENABLE_BILLING_STREAM: 'false' })
  const ada = await app.member('ada@example.com')
  await ada.ask('', { planCode: 'starter', trialDays: 14 })
  await app.settle()
  const answer = await ada.open(null).answer
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'billing/stream-off' })
  expect(await streams.read(`billing:${ada.tenantId}`, null, 1)).toEqual({ events: [], reset: false })
})
