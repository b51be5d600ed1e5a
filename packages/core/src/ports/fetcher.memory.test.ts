import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { fetcherConformance } from './fetcher.conformance.ts'
import type { FetcherPeer } from './fetcher-harness.ts'
import { memoryFetcher } from './fetcher.memory.ts'
import type { Fetcher } from './fetcher.ts'

interface Changes {
  readonly fetcher?: (fetcher: Fetcher) => Fetcher
  readonly resolve?: (resolve: Resolve) => Resolve
}

type Resolve = (name: string) => Promise<readonly string[]>

const same = <T>(value: T): T => value

async function harness({ fetcher: change = same, resolve: changeResolve = same }: Changes = {}) {
  let peer: FetcherPeer = async () => new Response()
  const names = new Map<string, (readonly string[])[]>()
  const fetcher = memoryFetcher({
    answer: async (request) => {
      if (new URL(request.url).hostname === 'closed.test') throw new Error('connection refused')
      return peer(request)
    },
    resolve: changeResolve(async (name) => {
      const answers = names.get(name) ?? [['1.1.1.1']]
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? []
    }),
  })
  return {
    fetcher: change(fetcher),
    origin: 'http://first.test',
    other: 'http://second.test',
    address: '1.1.1.1',
    closed: 'http://closed.test',
    serve: (next: FetcherPeer) => void (peer = next),
    resolve: (name: string, ...answers: readonly (readonly string[])[]) => void names.set(name, [...answers]),
  }
}

describe('memoryFetcher', () => {
  fetcherConformance(conforming('fetcher', 'memory'), () => harness())

  test('httpsOnly refuses http, at first and on redirects', async () => {
    const answer = async () => new Response(null, { status: 302, headers: { Location: 'http://a.test/' } })
    const fetcher = memoryFetcher({ httpsOnly: true, answer })
    await expect(fetcher.fetch('http://a.test/')).rejects.toMatchObject({ code: 'fetcher/invalid-url' })
    await expect(fetcher.fetch('https://a.test/')).rejects.toMatchObject({ code: 'fetcher/invalid-url' })
  })
})

test('a fetcher that checks no address and has no limits', async () => {
  const failures = await collectFailures((suite) =>
    fetcherConformance(suite, () =>
      harness({
        fetcher: ({ adapter, fetch }) => ({
          adapter,
          // Leads every refused address to where it may go.
          fetch: (url, { maxBytes: _, maxRedirects: __, timeoutMs, ...request } = {}) =>
            fetch(url.replace(/^http:\/\/(?:[\d.x]+|\[.*\]|inside\.test)(?=\/)/, 'http://first.test'), {
              ...request,
              ...(timeoutMs && { timeoutMs: Math.max(1, Math.min(timeoutMs, 1000)) }),
              maxRedirects: 1000,
            }),
        }),
      }),
    ),
  )
  expect(failures).toEqual([
    'throws fetcher/address-refused for an address that is not public, however it is written',
    'throws fetcher/address-refused when any address of a name is not public',
    'throws fetcher/too-large for a body over the limit, also one without end; at the limit it is fine',
    'a compressed body is decompressed, and counted as sent and as decompressed',
    'refuses limits that are not whole numbers in their range',
    'throws fetcher/too-many-redirects beyond the limit',
  ])
})

test('a fetcher that remembers what a name resolved to', async () => {
  const remembering = (resolve: Resolve): Resolve => {
    const known = new Map<string, Promise<readonly string[]>>()
    return (name) => {
      const answer = known.get(name) ?? resolve(name)
      known.set(name, answer)
      return answer
    }
  }
  const failures = await collectFailures((suite) =>
    fetcherConformance(suite, () => harness({ resolve: remembering })),
  )
  expect(failures).toEqual(['what a name resolves to is checked anew for every connection'])
})
