import { expect, test } from 'vitest'
import { memoryCache } from './cache.memory.ts'

test('keeps at most maxEntries, and lets the ones written longest ago go first', async () => {
  const cache = memoryCache({ maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) await cache.set(key, key, 60_000)
  await cache.set('a', 'again', 60_000)
  await cache.set('d', 'd', 60_000)
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))).toEqual([
    'again',
    null,
    'c',
    'd',
  ])
})

test('names the setting that replaces it', () => {
  expect(memoryCache().adapter.standIn?.setting).toBe('REDIS_URL')
})
