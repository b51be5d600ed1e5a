import type { FetcherHarness } from './fetcher-harness.ts'
import type { Suite } from './suite.ts'

interface Seen {
  readonly host: string
  readonly method: string
  readonly body: string
  readonly headers: Headers
}

const to = (location: string, status = 302): Response =>
  new Response(null, { status, headers: { Location: location } })

/** The part of the law of `Fetcher` that speaks of redirects. */
export function redirectLaws({ test, expect }: Suite, fresh: () => Promise<FetcherHarness>): void {
  /** Serves `/` with a redirect and everything else with 200, and tells what was asked. */
  const redirecting = async (location: (harness: FetcherHarness) => string, status?: number) => {
    const harness = await fresh()
    const seen: Seen[] = []
    harness.serve(async (request) => {
      const { pathname, host } = new URL(request.url)
      seen.push({ host, method: request.method, body: await request.text(), headers: request.headers })
      return pathname === '/' ? to(location(harness), status) : new Response('end')
    })
    return { ...harness, seen }
  }

  test('redirects are followed, relative ones too, and the answer says where it came from', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { fetcher, origin } = await redirecting(() => 'end?q=1', status)
      const { url, body } = await fetcher.fetch(`${origin}/`)
      expect(url).toBe(`${origin}/end?q=1`)
      expect(new TextDecoder().decode(body)).toBe('end')
    }
  })

  test('a redirect without Location, and other answers with one, are answers', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async () => new Response('no location', { status: 302 }))
    expect((await fetcher.fetch(origin)).status).toBe(302)
    serve(async () => new Response('created', { status: 201, headers: { Location: '/elsewhere' } }))
    expect((await fetcher.fetch(origin)).status).toBe(201)
  })

  test('303, and 301 and 302 after POST, go on as GET without the body', async () => {
    const became: unknown[] = []
    for (const [method, status] of [
      ['POST', 301],
      ['POST', 302],
      ['PUT', 303],
      ['POST', 307],
      ['POST', 308],
      ['PUT', 302],
    ] as const) {
      const { fetcher, origin, seen } = await redirecting(() => '/end', status)
      await fetcher.fetch(`${origin}/`, { method, body: 'content', headers: { 'Content-Type': 'text/x' } })
      became.push([seen[1]?.method, seen[1]?.body, seen[1]?.headers.get('content-type')])
    }
    const asGet = ['GET', '', null]
    expect(became).toEqual([
      asGet,
      asGet,
      asGet,
      ['POST', 'content', 'text/x'],
      ['POST', 'content', 'text/x'],
      ['PUT', 'content', 'text/x'],
    ])
  })

  test('credentials follow within the origin and stay behind when it changes', async () => {
    const headers = {
      Authorization: 'Bearer t',
      Cookie: 'a=b',
      'X-Api-Key': 'k',
      Accept: 'text/x',
      'User-Agent': 'probe',
    }
    const sent = (seen: Seen | undefined): unknown =>
      Object.keys(headers).map((name) => seen?.headers.get(name) ?? null)
    const same = await redirecting(() => '/end')
    await same.fetcher.fetch(`${same.origin}/`, { headers })
    expect(sent(same.seen[1])).toEqual(Object.values(headers))
    const away = await redirecting(({ other }) => `${other}/end`)
    await away.fetcher.fetch(`${away.origin}/`, { headers })
    expect(away.seen[1]?.host).toBe(new URL(away.other).host)
    expect(sent(away.seen[1])).toEqual([null, null, null, 'text/x', 'probe'])
  })

  test('throws fetcher/too-many-redirects beyond the limit', async () => {
    const { fetcher, origin, serve } = await fresh()
    let served = 0
    serve(async (request) => {
      served += 1
      const left = Number(new URL(request.url).pathname.slice(1))
      return left === 0 ? new Response('end') : to(`/${left - 1}`)
    })
    expect((await fetcher.fetch(`${origin}/3`)).status).toBe(200)
    expect((await fetcher.fetch(`${origin}/0`, { maxRedirects: 0 })).status).toBe(200)
    served = 0
    await expect(fetcher.fetch(`${origin}/4`)).rejects.toMatchObject({ code: 'fetcher/too-many-redirects' })
    await expect(fetcher.fetch(`${origin}/1`, { maxRedirects: 0 })).rejects.toMatchObject({
      code: 'fetcher/too-many-redirects',
    })
    expect(served).toBe(5)
  })

  test('every redirect is checked like the first address', async () => {
    const leads = [
      ['http://10.0.0.1/', 'fetcher/address-refused'],
      ['//[::1]/', 'fetcher/address-refused'],
      ['http://167772161/', 'fetcher/address-refused'],
      ['http://inside.test/', 'fetcher/address-refused'],
      ['file:///etc/passwd', 'fetcher/invalid-url'],
      ['http://user:password@inside.test/', 'fetcher/invalid-url'],
      ['http://[', 'fetcher/invalid-url'],
    ] as const
    for (const [location, code] of leads) {
      const { fetcher, origin, resolve } = await redirecting(() => location)
      resolve('inside.test', ['10.0.0.1'])
      await expect(fetcher.fetch(`${origin}/`)).rejects.toMatchObject({ code })
    }
  })

  test('what a name resolves to is checked anew for every connection', async () => {
    const { fetcher, origin, address, resolve, seen } = await redirecting(() => '/end')
    resolve(new URL(origin).hostname, [address], ['10.0.0.1'])
    await expect(fetcher.fetch(`${origin}/`)).rejects.toMatchObject({ code: 'fetcher/address-refused' })
    expect(seen).toHaveLength(1)
  })

  test('throws fetcher/timed-out when redirects never end in time', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return to('/again')
    })
    const request = { timeoutMs: 100, maxRedirects: 1_000_000 }
    await expect(fetcher.fetch(origin, request)).rejects.toMatchObject({ code: 'fetcher/timed-out' })
  })
}
