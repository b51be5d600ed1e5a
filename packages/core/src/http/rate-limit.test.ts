import { describe, expect, it } from 'vitest'
import { exampleApi, type ExampleApi } from './example-api.fixture.ts'

const call = (api: ExampleApi, remoteAddress?: string, headers: Record<string, string> = {}) =>
  api.send('POST', '/limited', { headers, connection: { remoteAddress } })

describe('quotas', () => {
  it('tell how much is left, then refuse until there is room', async () => {
    const api = exampleApi()
    const first = await call(api, '203.0.113.1')
    expect(first.status).toBe(202)
    expect(first.headers.get('ratelimit-policy')).toBe('"limited";q=2;w=60')
    expect(first.headers.get('ratelimit')).toBe('"limited";r=1;t=30')
    expect((await call(api, '203.0.113.1')).headers.get('ratelimit')).toBe('"limited";r=0;t=60')
    const refused = await call(api, '203.0.113.1')
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
      429,
      '30',
      '"limited";r=0;t=60',
    ])
    expect(await refused.json()).toMatchObject({ code: 'http/rate-limited', status: 429 })
    api.clock.advance('30s')
    expect((await call(api, '203.0.113.1')).status).toBe(202)
  })

  const statuses = async (
    calls: (readonly [string | undefined, Record<string, string>?])[],
    options = {},
  ): Promise<number[]> => {
    const api = exampleApi(options)
    const found: number[] = []
    for (const [ip, headers] of calls) found.push((await call(api, ip, headers)).status)
    return found
  }
  const forwarded = (address: string): Record<string, string> => ({ 'x-forwarded-for': address })

  it('count each address by itself', async () => {
    expect(await statuses([['203.0.113.1'], ['203.0.113.1'], ['203.0.113.2'], ['203.0.113.1']])).toEqual([
      202, 202, 202, 429,
    ])
  })
  it('count an IPv6 /64 as one', async () => {
    expect(
      await statuses([['2001:db8::1'], ['2001:db8::2'], ['2001:db8:0:0:ffff::3'], ['2001:db8:0:1::1']]),
    ).toEqual([202, 202, 429, 202])
  })
  it('count everybody without an address as one', async () => {
    expect(await statuses([[undefined], [undefined], [undefined]])).toEqual([202, 202, 429])
  })
  it('are not escaped by forging X-Forwarded-For', async () => {
    expect(
      await statuses([
        ['203.0.113.1', forwarded('1.1.1.1')],
        ['203.0.113.1', forwarded('1.1.1.2')],
        ['203.0.113.1', forwarded('1.1.1.3')],
      ]),
    ).toEqual([202, 202, 429])
  })
  it('count the caller behind a trusted proxy', async () => {
    const calls = ['1.1.1.1', '1.1.1.1', '1.1.1.2', '6.6.6.6, 1.1.1.1'].map(
      (address) => ['10.0.0.1', forwarded(address)] as const,
    )
    expect(await statuses(calls, { trustedProxies: ['10.0.0.0/8'] })).toEqual([202, 202, 202, 429])
  })
  it('follow the setting, and 0 turns them off', async () => {
    const calls = Array.from({ length: 5 }, () => ['203.0.113.1'] as const)
    expect(await statuses(calls, { limitOf: () => 1 })).toEqual([202, 429, 429, 429, 429])
    expect(await statuses(calls, { limitOf: () => 0 })).toEqual([202, 202, 202, 202, 202])
  })

  it('by user count after sign-in', async () => {
    const api = exampleApi()
    const found: number[] = []
    for (const as of ['owner', 'owner', 'viewer', 'nobody', 'nobody'])
      found.push((await api.send('GET', '/limited-user', { as })).status)
    expect(found).toEqual([204, 429, 204, 401, 401])
  })

  it('hold back a race', async () => {
    const api = exampleApi()
    const answers = await Promise.all(Array.from({ length: 64 }, () => call(api, '203.0.113.1')))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(2)
  })
})
