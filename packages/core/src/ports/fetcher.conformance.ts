import type { FetcherHarness } from './fetcher-harness.ts'
import { redirectLaws } from './fetcher-redirects.conformance.ts'
import { race, racers, type Suite } from './suite.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const inPlain = 'http://user:password@'

/** Loopback, this network, private, link-local, shared, multicast …, in every way in which an address can be written. */
const refused = [
  'http://127.0.0.53/', 'http://10.1/', 'http://167772161/', 'http://0x0a000001/', 'http://012.0.0.1/', 'http://10.0.0.1./',
  'http://0.0.0.0/', 'http://10.0.0.1/', 'http://100.64.0.1/', 'http://169.254.169.254/latest/meta-data', 'http://172.16.0.1/',
  'http://172.31.255.255/', 'http://192.0.0.192/', 'http://192.0.2.1/', 'http://192.168.0.1/', 'http://198.18.0.1/',
  'http://198.51.100.1/', 'http://203.0.113.1/', 'http://224.0.0.1/', 'http://255.255.255.255/', 'http://168.63.129.16/',
  'http://[::]/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/', 'http://[::ffff:a00:1]/', 'http://[::10.0.0.1]/', 'http://[64:ff9b::10.0.0.1]/',
  'http://[64:ff9b:1::1]/', 'http://[2002:a00:1::]/', 'http://[2001:0:a00:1::]/', 'http://[2001:db8::1]/', 'http://[3fff::1]/',
  'http://[fc00::1]/', 'http://[fd00:ec2::254]/', 'http://[fe80::1]/', 'http://[fec0::1]/', 'http://[ff02::1]/', 'http://[100::1]/',
] // prettier-ignore

/** The law of {@link Fetcher}. The harness may let the fetcher reach 127.0.0.1, and nothing else that is not public. */
export function fetcherConformance(suite: Suite, fresh: () => Promise<FetcherHarness>): void {
  const { test, expect } = suite

  test('fetch sends method, headers and body, and returns status, headers, body and address', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async (request) => {
      const seen = [
        request.method,
        request.headers.get('x-one'),
        new URL(request.url).pathname,
        await request.text(),
      ]
      return new Response(JSON.stringify(seen), { status: 418, headers: { 'X-Two': 'zwei' } })
    })
    const request = { method: 'POST', headers: { 'X-One': 'eins' }, body: 'žluť' } as const
    const answer = await fetcher.fetch(`${origin}/path?q=1#fragment`, request)
    expect(answer.status).toBe(418)
    expect(answer.headers['x-two']).toBe('zwei')
    expect(answer.url).toBe(`${origin}/path?q=1`)
    expect(JSON.parse(text(answer.body))).toEqual(['POST', 'eins', '/path', 'žluť'])
  })

  test('a body of bytes arrives as it was given', async () => {
    const { fetcher, origin, serve } = await fresh()
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    serve(async (request) => new Response(await request.arrayBuffer()))
    const { body } = await fetcher.fetch(origin, { method: 'PUT', body: bytes })
    expect([...body]).toEqual([...bytes])
  })

  test('concurrent fetches get each their own answer', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async (request) => new Response(new URL(request.url).pathname))
    const results = await race((racer) => fetcher.fetch(`${origin}/${racer}`))
    const bodies = results.map((result) =>
      result.status === 'fulfilled' ? text(result.value.body) : result.reason,
    )
    expect(bodies).toEqual(Array.from({ length: racers }, (_, racer) => `/${racer}`))
  })

  test('throws fetcher/invalid-url for other schemes, credentials and what is no address', async () => {
    const { fetcher, origin } = await fresh()
    const host = new URL(origin).host
    const urls = [
      '',
      'nonsense',
      '/path',
      '//host',
      'http://',
      'http://[::1',
      'http://fe80::1%25eth0/',
      'ftp://a.test/',
      'file:///etc/passwd',
    ]
    const others = [
      'data:text/plain,x',
      'gopher://a.test/',
      'javascript:0',
      'blob:http://a.test/x',
      `${inPlain}${host}/`,
      `http://user@${host}/`,
    ]
    for (const url of [...urls, ...others]) {
      await expect(fetcher.fetch(url)).rejects.toMatchObject({ code: 'fetcher/invalid-url' })
    }
  })

  test('throws fetcher/invalid-header for headers that steer the connection or forge another', async () => {
    const { fetcher, origin, serve } = await fresh()
    let served = 0
    serve(async () => {
      served += 1
      return new Response()
    })
    const names = [
      'Host',
      'Connection',
      'Content-Length',
      'Transfer-Encoding',
      'Accept-Encoding',
      'Upgrade',
      'Proxy-Authorization',
      'a b',
      '',
      'a\r\nb',
      'ž',
    ]
    for (const name of names) {
      await expect(fetcher.fetch(origin, { headers: { [name]: '1' } })).rejects.toMatchObject({
        code: 'fetcher/invalid-header',
      })
    }
    for (const value of ['a\r\nX-Forged: 1', 'a\nb', 'a\0b', '🌱']) {
      await expect(fetcher.fetch(origin, { headers: { 'X-One': value } })).rejects.toMatchObject({
        code: 'fetcher/invalid-header',
      })
    }
    await expect(fetcher.fetch(origin, { headers: { A: '1', a: '2' } })).rejects.toMatchObject({
      code: 'fetcher/invalid-header',
    })
    expect(served).toBe(0)
  })

  test('throws fetcher/address-refused for an address that is not public, however it is written', async () => {
    const { fetcher } = await fresh()
    for (const url of refused) {
      const code = await fetcher.fetch(url).then(
        () => 'fetched',
        (error: { readonly code?: unknown }) => error.code,
      )
      expect({ url, code }).toEqual({ url, code: 'fetcher/address-refused' })
    }
  })

  test('throws fetcher/address-refused when any address of a name is not public', async () => {
    const { fetcher, resolve } = await fresh()
    for (const addresses of [
      ['10.0.0.1'],
      ['::ffff:10.0.0.1'],
      ['fd00::1'],
      ['1.1.1.1', '10.0.0.1'],
      ['2606:4700::1111', '::1'],
      ['fe80::1%eth0'],
    ]) {
      resolve('inside.test', addresses)
      await expect(fetcher.fetch('http://inside.test/')).rejects.toMatchObject({
        code: 'fetcher/address-refused',
      })
    }
  })

  test('throws fetcher/too-large for a body over the limit, also one without end; at the limit it is fine', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async () => new Response('x'.repeat(1000)))
    expect((await fetcher.fetch(origin, { maxBytes: 1000 })).body.byteLength).toBe(1000)
    await expect(fetcher.fetch(origin, { maxBytes: 999 })).rejects.toMatchObject({
      code: 'fetcher/too-large',
    })
    await expect(fetcher.fetch(origin, { maxBytes: 0 })).rejects.toMatchObject({ code: 'fetcher/too-large' })
    serve(async () => new Response(ReadableStream.from(endless())))
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'fetcher/too-large' })
  })

  test('a compressed body is decompressed, and counted as sent and as decompressed', async () => {
    const { fetcher, origin, serve } = await fresh()
    for (const format of ['gzip', 'deflate'] as const) {
      const zip = await compressed('x'.repeat(50_000), format)
      serve(async () => new Response(zip, { headers: { 'Content-Encoding': format } }))
      expect((await fetcher.fetch(origin, { maxBytes: 50_000 })).body.byteLength).toBe(50_000)
      await expect(fetcher.fetch(origin, { maxBytes: 49_999 })).rejects.toMatchObject({
        code: 'fetcher/too-large',
      })
      await expect(fetcher.fetch(origin, { maxBytes: 20 })).rejects.toMatchObject({
        code: 'fetcher/too-large',
      })
    }
  })

  test('throws fetcher/too-large for 100 MB that were 100 kB when sent', async () => {
    const { fetcher, origin, serve } = await fresh()
    const bomb = await compressed('\0'.repeat(100_000_000), 'gzip')
    serve(async () => new Response(bomb, { headers: { 'Content-Encoding': 'gzip' } }))
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'fetcher/too-large' })
  })

  test('throws fetcher/unreachable for an encoding that was not asked for, or is not what it says', async () => {
    const { fetcher, origin, serve } = await fresh()
    for (const encoding of ['gzip, gzip', 'br', 'zstd', 'gzip']) {
      serve(async () => new Response('plain', { headers: { 'Content-Encoding': encoding } }))
      await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'fetcher/unreachable' })
    }
  })

  test('throws fetcher/unreachable when nobody listens or the name has no address', async () => {
    const { fetcher, closed, resolve } = await fresh()
    resolve('nowhere.test', [])
    for (const url of [closed, 'http://nowhere.test/']) {
      await expect(fetcher.fetch(url)).rejects.toMatchObject({ code: 'fetcher/unreachable' })
    }
  })

  test('throws fetcher/unreachable when the body is cut off', async () => {
    const { fetcher, origin, serve } = await fresh()
    serve(async () => new Response(ReadableStream.from(cutOff())))
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'fetcher/unreachable' })
  })

  test('throws fetcher/timed-out when there is no answer, or its body does not end', async () => {
    const { fetcher, origin, serve } = await fresh()
    for (const peer of [never, async () => new Response(ReadableStream.from(slow()))]) {
      serve(peer)
      await expect(fetcher.fetch(origin, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'fetcher/timed-out',
      })
    }
  })

  test('rejects with the reason of the signal, before and while it fetches', async () => {
    const { fetcher, origin, serve } = await fresh()
    const reason = new Error('no longer needed')
    await expect(fetcher.fetch(origin, { signal: AbortSignal.abort(reason) })).rejects.toThrow(
      'no longer needed',
    )
    const controller = new AbortController()
    serve(async () => {
      controller.abort(reason)
      return never()
    })
    await expect(fetcher.fetch(origin, { signal: controller.signal })).rejects.toThrow('no longer needed')
  })

  test('refuses limits that are not whole numbers in their range', async () => {
    const { fetcher, origin } = await fresh()
    for (const limits of [
      { timeoutMs: 0 },
      { timeoutMs: 2 ** 31 },
      { timeoutMs: Number.NaN },
      { maxBytes: -1 },
      { maxBytes: 0.5 },
      { maxRedirects: -1 },
    ]) {
      await expect(fetcher.fetch(origin, limits)).rejects.toMatchObject({ name: 'RangeError' })
    }
  })

  redirectLaws(suite, fresh)
}

const kilobyte = new Uint8Array(1024)

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    await Promise.resolve()
    yield kilobyte
  }
}

async function* slow(): AsyncGenerator<Uint8Array> {
  yield kilobyte
  await never()
}

// oxlint-disable-next-line require-yield
async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield kilobyte
  await new Promise((resolve) => setTimeout(resolve))
  throw new Error('cut off')
}

const never = (): Promise<never> => new Promise(() => {})

async function compressed(content: string, format: 'gzip' | 'deflate'): Promise<ArrayBuffer> {
  const plain = new Response(content).body ?? ReadableStream.from([])
  return new Response(plain.pipeThrough(new CompressionStream(format))).arrayBuffer()
}
