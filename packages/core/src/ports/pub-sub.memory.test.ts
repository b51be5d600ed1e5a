import { beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { impatient } from '../../../../test/impatient.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { pubSubConformance } from './pub-sub.conformance.ts'
import { memoryPubSub } from './pub-sub.memory.ts'
import type { PubSub } from './pub-sub.ts'
import type { Suite } from './suite.ts'

const never = { never: 'there is no connection to lose' }

const conformance = (suite: Suite, spoil: (pubSub: PubSub) => Partial<PubSub> = () => ({})): void =>
  pubSubConformance(
    suite,
    async () => {
      const memory = memoryPubSub()
      const pubSub = { ...memory, ...spoil(memory) }
      return { pubSub, elsewhere: pubSub }
    },
    { outage: never, gaps: never },
  )

beforeAll(() => recordBackend('memory'))
conformance(conforming('pub-sub', 'memory'))

test('forgets topics that nobody is subscribed to', async () => {
  const pubSub = memoryPubSub()
  const subscriber = { onMessage: () => {}, onGap: () => {} }
  const stops = await Promise.all(
    Array.from({ length: 9 }, (_, i) => pubSub.subscribe(`topic ${i % 3}`, subscriber)),
  )
  expect(pubSub.size).toBe(3)
  for (const stop of stops) await stop()
  expect(pubSub.size).toBe(0)
})

test.each<[string, (pubSub: PubSub) => Partial<PubSub>, string]>([
  ['messages that come twice', (pubSub) => ({ publish: twice(pubSub) }), 'once and in order'],
  ['messages out of order', (pubSub) => ({ publish: shuffled(pubSub) }), 'once and in order'],
  ['messages that are lost', () => ({ publish: async () => {} }), 'everything published arrives'],
  [
    'topics that run together',
    (pubSub) => ({ publish: (_, message) => pubSub.publish('topic', message) }),
    'its topic',
  ],
  [
    'a subscription that is not active yet',
    (pubSub) => ({
      subscribe: async (topic, subscriber) => {
        setTimeout(() => void pubSub.subscribe(topic, subscriber), 5)
        return async () => {}
      },
    }),
    'once subscribe has resolved',
  ],
  [
    'an unsubscribe that ends nothing',
    (pubSub) => ({
      subscribe: async (topic, subscriber) => {
        await pubSub.subscribe(topic, subscriber)
        return async () => {}
      },
    }),
    'from the call of unsubscribe on',
  ],
  ['a subscriber that brings down the rest', () => fragile(), 'disturbs nobody'],
])('the suite finds %s', async (_fault, spoil, law) => {
  const failed = await collectFailures((suite) => conformance(impatient(suite), spoil))
  expect(failed.filter((name) => name.includes(law))).not.toEqual([])
})

test('the suite finds gaps that are not told and engines that fail in silence', async () => {
  const failed = await collectFailures((suite) =>
    pubSubConformance(
      impatient(suite),
      async () => {
        const pubSub = memoryPubSub()
        return { pubSub, elsewhere: pubSub, interrupt: async () => {} }
      },
      { outage: async () => memoryPubSub(), gaps: 'happen' },
    ),
  )
  expect(failed).toHaveLength(3)
})

function twice(pubSub: PubSub): PubSub['publish'] {
  return async (topic, message) => {
    await pubSub.publish(topic, message)
    await pubSub.publish(topic, message)
  }
}

function shuffled(pubSub: PubSub): PubSub['publish'] {
  let turn = 0
  return async (topic, message) => {
    turn += 1
    if (turn % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await pubSub.publish(topic, message)
  }
}

function fragile(): Partial<PubSub> {
  const topics = new Map<string, Set<(message: string) => void>>()
  return {
    publish: async (topic, message) => {
      for (const tell of topics.get(topic) ?? []) tell(message)
    },
    subscribe: async (topic, { onMessage }) => {
      topics.set(topic, (topics.get(topic) ?? new Set()).add(onMessage))
      return async () => {
        topics.get(topic)?.delete(onMessage)
      }
    },
  }
}
