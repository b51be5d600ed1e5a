import { afterEach, describe, expect, test } from 'vitest'
import { peerServer } from './peer-server.fixture.ts'
import { planted, ssrfCorpus } from './ssrf-corpus.fixture.ts'
import { streamingFetch } from './streaming-fetch.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

async function listen(address = '127.0.0.1') {
  const server = await peerServer(address)
  opened.push(server)
  return { ...server, origin: `http://${address}:${server.port}` }
}

const allow = ['127.0.0.1']

describe('streaming fetch', () => {
  test('sends what it was given, and hands on what comes before all has come', async () => {
    const { origin, serve } = await listen()
    let finish = () => {}
    const seen: string[] = []
    serve(async (request) => {
      seen.push(request.method, request.headers.get('x-one') ?? '', await request.text())
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('first'))
          finish = () => controller.close()
        },
      })
      return new Response(body, { status: 201, headers: { 'x-two': 'zwei' } })
    })
    const answer = await streamingFetch({ allow })(`${origin}/a`, {
      method: 'POST',
      headers: { 'X-One': 'eins' },
      body: 'žluť',
    })
    const reader = answer.body?.getReader()
    const first = await reader?.read()
    expect([answer.status, answer.headers.get('x-two')]).toEqual([201, 'zwei'])
    expect(new TextDecoder().decode(first?.value)).toBe('first')
    finish()
    expect((await reader?.read())?.done).toBe(true)
    expect(seen).toEqual(['POST', 'eins', 'žluť'])
  })

  test('no address of the corpus reaches the canary, and no redirect is followed', async () => {
    const canary = await listen()
    const guarded = streamingFetch({ resolve: async (name) => planted[name] ?? ['127.0.0.1'] })
    for (const url of ssrfCorpus)
      await expect(guarded(url.replaceAll('PORT', `${canary.port}`)), url).rejects.toMatchObject({
        code: expect.stringMatching(/refused|invalid/),
      })
    expect(canary.connections()).toBe(0)
    const leading = await listen()
    leading.serve(async () => new Response(null, { status: 307, headers: { location: canary.origin } }))
    expect((await streamingFetch({ allow })(leading.origin)).status).toBe(307)
    expect(canary.connections()).toBe(0)
  })

  test('an origin that is trusted is reached, and no other port of its host', async () => {
    const [own, other] = [await listen(), await listen()]
    const fetch = streamingFetch({ trusted: [`${own.origin}/v1`] })
    expect(await (await fetch(`${own.origin}/v1/models`)).text()).toBe('hit')
    await expect(fetch(other.origin)).rejects.toMatchObject({ code: 'fetcher/address-refused' })
    expect(other.connections()).toBe(0)
  })

  test('whoever falls silent or never ends is given up, and whoever is not waited for any more is hung up on', async () => {
    const { origin, serve } = await listen()
    let closed = 0
    serve(async () => {
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
        controller.enqueue(new TextEncoder().encode('first'))
      return new Response(new ReadableStream({ start, cancel: () => void (closed += 1) }))
    })
    const silent = await streamingFetch({ allow, idleMs: 50 })(origin)
    await expect(silent.text()).rejects.toThrow('aborted')
    const stop = new AbortController()
    const left = await streamingFetch({ allow })(origin, { signal: stop.signal })
    stop.abort()
    await expect(left.text()).rejects.toThrow(/abort/)
    await expect.poll(() => closed).toBe(2)
    serve(() => new Promise(() => {}))
    await expect(streamingFetch({ allow, idleMs: 50 })(origin)).rejects.toMatchObject({
      code: 'fetcher/timed-out',
    })
    serve(async () => new Response('x'.repeat(101)))
    const large = await streamingFetch({ allow, maxBytes: 100 })(origin)
    await expect(large.text()).rejects.toMatchObject({ code: 'fetcher/too-large' })
  })
})
