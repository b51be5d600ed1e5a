import type { Cache } from './cache.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const long = 60_000
const short = 20
/** Longer than `short` on every engine, however coarse its timer. */
const later = 80

/** The law of {@link Cache}. `fresh` gives an empty cache for each test. */
export function cacheConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly cache: Cache } & Timeline>,
): void {
  test('get returns null for a key that was never set', async () => {
    const { cache } = await fresh()
    expect(await cache.get('absent')).toBe(null)
  })

  test('set keeps the value as it was given, each key by itself', async () => {
    const { cache } = await fresh()
    const values = { plain: 'value', empty: '', 'a:b c/d': 'ключ 🔑\n"quoted"', Plain: 'other case' }
    for (const [key, value] of Object.entries(values)) await cache.set(key, value, long)
    for (const [key, value] of Object.entries(values)) expect(await cache.get(key)).toBe(value)
  })

  test('get returns null after the time to live', async () => {
    const { cache, wait } = await fresh()
    await cache.set('brief', 'value', short)
    await cache.set('lasting', 'value', long)
    await wait(later)
    expect(await cache.get('brief')).toBe(null)
    expect(await cache.get('lasting')).toBe('value')
  })

  test('set replaces both the value and its time to live', async () => {
    const { cache, wait } = await fresh()
    await cache.set('key', 'first', short)
    await cache.set('key', 'second', long)
    await wait(later)
    expect(await cache.get('key')).toBe('second')
    await cache.set('key', 'third', short)
    await wait(later)
    expect(await cache.get('key')).toBe(null)
  })

  test('add keeps the value only when the key is absent', async () => {
    const { cache } = await fresh()
    expect(await cache.add('key', 'first', long)).toBe(true)
    expect(await cache.add('key', 'second', long)).toBe(false)
    expect(await cache.get('key')).toBe('first')
  })

  test('add takes an expired key for an absent one and gives it a time to live', async () => {
    const { cache, wait } = await fresh()
    expect(await cache.add('key', 'first', short)).toBe(true)
    await wait(later)
    expect(await cache.add('key', 'second', short)).toBe(true)
    await wait(later)
    expect(await cache.get('key')).toBe(null)
  })

  test('of concurrent adds one gets true', async () => {
    const { cache } = await fresh()
    const results = winners(await race((racer) => cache.add('key', String(racer), long)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await cache.get('key')).toBe(String(results.indexOf(true)))
  })

  test('delete forgets the key and no other, present or not', async () => {
    const { cache } = await fresh()
    await cache.set('key', 'value', long)
    await cache.set('other', 'value', long)
    await cache.delete('key')
    await cache.delete('key')
    expect(await cache.get('key')).toBe(null)
    expect(await cache.get('other')).toBe('value')
    expect(await cache.add('key', 'again', long)).toBe(true)
  })
}
