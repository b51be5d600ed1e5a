import { expect, test } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { memoryObjectStore } from '../ports/object-store.memory.ts'
import { portsInUse, sharedPorts } from './shared-ports.ts'
import { standInProblems } from './stand-ins.ts'

const inUse = (...[given, modules]: [Parameters<typeof sharedPorts>[0], Parameters<typeof portsInUse>[2]]) =>
  portsInUse(sharedPorts(given, systemClock), given, modules)

test('a port that nobody gave and nobody needs is not looked at', () => {
  expect(Object.keys(inUse({}, [{}])).toSorted()).toEqual(['cache', 'keyVault', 'mailer', 'rateLimiter'])
})

test('a port that a module needs is looked at, and production refuses its stand-in', () => {
  const ports = inUse({}, [{ needs: ['eventStream', 'fetcher'] }])
  const refused = standInProblems('production', ports).map(({ subject }) => subject)
  expect(refused).toContain('eventStream')
  expect(refused).toContain('fetcher')
  expect(refused).not.toContain('objectStore')
})

test('a port that was given is looked at, whether or not a module needs it', () => {
  const objectStore = memoryObjectStore()
  expect(inUse({ objectStore }, [])['objectStore']).toBe(objectStore)
})

test('a stack without a fetcher says so to whoever fetches', async () => {
  const { fetcher } = sharedPorts({}, systemClock)
  await expect(fetcher.fetch('https://example.com')).rejects.toMatchObject({
    details: { detail: expect.stringContaining('nodeFetcher()') },
  })
})
