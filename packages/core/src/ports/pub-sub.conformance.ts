import { failureOf, type Outage } from './outage.ts'
import type { PubSub, Subscriber, Unsubscribe } from './pub-sub.ts'
import { race, racers, type Suite } from './suite.ts'

export interface PubSubHarness {
  readonly pubSub: PubSub
  /** Another process's view of the same topics; the same object where an adapter lives within one process. */
  readonly elsewhere: PubSub
  /** Cuts the connection over which `pubSub` listens; resolves when it is cut. Left out where gaps never happen. */
  readonly interrupt?: () => Promise<void>
}

export interface PubSubCapabilities {
  readonly outage: Outage<PubSub>
  /** Whether a connection can be lost; if not, why not. */
  readonly gaps: 'happen' | { readonly never: string }
}

interface Listener extends Subscriber {
  readonly heard: readonly string[]
  /** Resolves when `count` messages were heard. */
  until(count: number): Promise<void>
  /** Resolves at the next gap. */
  readonly gap: Promise<void>
}

function listener(): Listener {
  const heard: string[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const gap = Promise.withResolvers<void>()
  return {
    heard,
    gap: gap.promise,
    onGap: () => gap.resolve(),
    onMessage: (message) => {
      heard.push(message)
      for (const { count, resolve } of waiting) if (heard.length >= count) resolve()
    },
    until: (count) =>
      new Promise((resolve) => {
        if (heard.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}

/** The law of {@link PubSub}. `fresh` gives topics that nobody is subscribed to for each test. */
export function pubSubConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<PubSubHarness>,
  { outage, gaps }: PubSubCapabilities,
): void {
  /** Publishes "end" and waits until it arrived: everything published before has been delivered by then. */
  async function settled({ pubSub, elsewhere }: PubSubHarness, topic = 'topic'): Promise<void> {
    const last = listener()
    const stop = await pubSub.subscribe(topic, last)
    await elsewhere.publish(topic, 'end')
    await last.until(1)
    await stop()
  }

  test('a message reaches everybody who is subscribed to its topic, as it was published', async () => {
    const harness = await fresh()
    const [here, there, stranger] = [listener(), listener(), listener()]
    await harness.pubSub.subscribe('a:b c/ключ', here)
    await harness.elsewhere.subscribe('a:b c/ключ', there)
    await harness.pubSub.subscribe('A:b c/ключ', stranger)
    const texts = ['', 'Žofie 🌱 "quoted"\r\n\0', '{"a":[1]}']
    for (const text of texts) await harness.pubSub.publish('a:b c/ключ', text)
    await Promise.all([here.until(texts.length), there.until(texts.length)])
    expect(here.heard).toEqual(texts)
    expect(there.heard).toEqual(texts)
    expect(stranger.heard).toEqual([])
  })

  test('a topic that nobody is subscribed to takes messages, and nobody gets them later', async () => {
    const harness = await fresh()
    await harness.elsewhere.publish('topic', 'early')
    const late = listener()
    await harness.pubSub.subscribe('topic', late)
    await harness.elsewhere.publish('topic', 'now')
    await late.until(1)
    expect(late.heard).toEqual(['now'])
  })

  test('once subscribe has resolved, everything published arrives', async () => {
    const harness = await fresh()
    const listeners = Array.from({ length: racers }, listener)
    await Promise.all(
      listeners.map(async (each, index) => {
        await harness.pubSub.subscribe(`topic ${index}`, each)
        await harness.elsewhere.publish(`topic ${index}`, 'first')
      }),
    )
    await Promise.all(listeners.map((each) => each.until(1)))
    expect(listeners.every(({ heard }) => heard[0] === 'first')).toBe(true)
  })

  test('messages of one publisher arrive once and in order, awaited or not', async () => {
    const harness = await fresh()
    const each = listener()
    await harness.pubSub.subscribe('topic', each)
    await race((racer) => harness.elsewhere.publish('topic', String(racer)))
    await harness.elsewhere.publish('topic', 'end')
    await each.until(racers + 1)
    expect(each.heard).toEqual([...Array.from({ length: racers }, (_, racer) => String(racer)), 'end'])
  })

  test('a message published in answer to another does not overtake it', async () => {
    const harness = await fresh()
    const each = listener()
    await harness.pubSub.subscribe('topic', {
      ...each,
      onMessage: (message) => {
        if (message === 'question') void harness.pubSub.publish('topic', 'answer')
      },
    })
    await harness.pubSub.subscribe('topic', each)
    await harness.pubSub.publish('topic', 'question')
    await each.until(2)
    expect(each.heard).toEqual(['question', 'answer'])
  })

  test('the same subscriber given twice hears everything twice, until each call is undone', async () => {
    const harness = await fresh()
    const each = listener()
    const stop = await harness.pubSub.subscribe('topic', each)
    await harness.pubSub.subscribe('topic', each)
    await harness.elsewhere.publish('topic', 'both')
    await each.until(2)
    await stop()
    await harness.elsewhere.publish('topic', 'one')
    await each.until(3)
    await settled(harness)
    expect(each.heard).toEqual(['both', 'both', 'one', 'end'])
  })

  test('nothing is delivered from the call of unsubscribe on, and others hear on', async () => {
    const harness = await fresh()
    const [gone, other] = [listener(), listener()]
    const stop = await harness.pubSub.subscribe('topic', gone)
    await harness.pubSub.subscribe('topic', other)
    const published = harness.pubSub.publish('topic', 'under way')
    const stopped = stop()
    await Promise.all([published, stopped])
    await stop()
    await harness.elsewhere.publish('topic', 'after')
    await other.until(2)
    expect(gone.heard).toEqual([])
    expect(other.heard).toEqual(['under way', 'after'])
  })

  test('subscribing and unsubscribing at once leaves each topic as its last call says', async () => {
    const harness = await fresh()
    const kept = listener()
    const stops: Unsubscribe[] = []
    await race(async (racer) => {
      const stop = await harness.pubSub.subscribe('topic', racer === 7 ? kept : listener())
      if (racer === 7) stops.push(stop)
      else await stop()
    })
    await harness.elsewhere.publish('topic', 'still')
    await kept.until(1)
    expect(kept.heard).toEqual(['still'])
    await stops[0]?.()
    await settled(harness)
    expect(kept.heard).toEqual(['still'])
  })

  test('what a subscriber throws disturbs nobody', async () => {
    const harness = await fresh()
    const each = listener()
    await harness.pubSub.subscribe('topic', {
      onGap: () => {},
      onMessage: () => {
        throw new Error('a subscriber on purpose')
      },
    })
    await harness.pubSub.subscribe('topic', each)
    await harness.elsewhere.publish('topic', 'one')
    await harness.elsewhere.publish('topic', 'two')
    await each.until(2)
    expect(each.heard).toEqual(['one', 'two'])
  })

  const gap =
    'after an interruption every subscriber hears of the gap, and then everything published after it'
  if (gaps !== 'happen') skip(gap, gaps.never)
  else {
    test(gap, async () => {
      const { pubSub, elsewhere, interrupt } = await fresh()
      if (interrupt === undefined) throw new Error('Gaps happen here: hand in interrupt, which makes one.')
      const listeners = [listener(), listener(), listener()]
      for (const [index, each] of listeners.entries()) await pubSub.subscribe(`topic ${index % 2}`, each)
      await elsewhere.publish('topic 0', 'before')
      await listeners[0]?.until(1)
      await interrupt()
      await Promise.all(listeners.map((each) => each.gap))
      await race((racer) => elsewhere.publish(`topic ${racer % 2}`, String(racer)))
      await Promise.all(listeners.map((each) => each.until(racers / 2)))
      for (const [index, each] of listeners.entries()) {
        const after = each.heard.filter((message) => message !== 'before')
        expect(after).toEqual(Array.from({ length: racers / 2 }, (_, n) => String(n * 2 + (index % 2))))
      }
    })
  }

  const calls = {
    publish: (pubSub: PubSub) => pubSub.publish('topic', 'message'),
    subscribe: (pubSub: PubSub) => pubSub.subscribe('topic', listener()),
  }
  for (const [verb, call] of Object.entries(calls)) {
    const name = `an engine that fails is not silent: ${verb} throws port/unavailable`
    if ('never' in outage) skip(name, outage.never)
    else {
      test(name, async () => {
        const pubSub = await outage()
        expect(await failureOf(call(pubSub))).toBe('port/unavailable')
        await pubSub.close?.()
      })
    }
  }
}
