import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as httpRequest,
  type Server,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import express from 'express'
import Koa from 'koa'
import { FastResponse } from 'srvx/node'
import { afterEach, describe, expect, it } from 'vitest'
import { exampleApi } from './example-api.fixture.ts'
import { type NodeMountable, toNodeHandler } from './node-handler.node.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

async function listen(listener: RequestListener): Promise<{ port: number; url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}` }
}

type Mount = (handle: NodeMountable, onWarning?: (message: string) => void) => RequestListener

const mounts: Record<string, Mount> = {
  'node:http': (handle, onWarning) => toNodeHandler(handle, { onWarning }),
  'express app.use("/base")': (handle, onWarning) => {
    const app = express()
    app.use('/base', toNodeHandler(handle, { basePath: '/base', onWarning }))
    return (request, response) => {
      request.url = `/base${request.url}`
      app(request, response)
    }
  },
  'express app.use without basePath': (handle, onWarning) =>
    express().use('/api', toNodeHandler(handle, { onWarning })).use(toNodeHandler(handle, { onWarning })),
  'express app.all': (handle, onWarning) => express().all('/{*splat}', toNodeHandler(handle, { onWarning })),
  koa: (handle, onWarning) => {
    const app = new Koa()
    // Koa prints what happens to connections, among it that a client left.
    app.silent = true
    const handler = toNodeHandler(handle, { onWarning })
    app.use(async (ctx) => {
      ctx.respond = false
      await handler(ctx.req, ctx.res)
    })
    const callback = app.callback()
    return (request, response) => void callback(request, response)
  },
}

const untilTrue = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

async function get(url: string): Promise<IncomingMessage> {
  const request = httpRequest(url)
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

describe.each(Object.entries(mounts))('toNodeHandler on %s', (_name, mount) => {
  it('routes by the whole target and answers JSON', async () => {
    const api = exampleApi()
    const { url } = await listen(mount(api.fetch))
    const response = await fetch(`${url}/api/v1/notes?limit=5`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Über' }),
    })
    expect([response.status, (await response.json()) as unknown]).toMatchObject([
      400,
      { errors: [{ part: 'query', pointer: '/limit' }] },
    ])
    const right = await fetch(`${url}/api/v1/notes`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Über' }),
    })
    expect([right.status, await right.json()]).toEqual([201, { id: 'n0', title: 'Über', version: 1 }])
    expect(api.notes).toEqual(['Über'])
  })

  it('keeps two set-cookie headers apart', async () => {
    const handle = async (): Promise<Response> => {
      const headers = new Headers()
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return new Response('ok', { headers })
    }
    const { url } = await listen(mount(handle))
    expect((await fetch(url)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('sends the headers of an event stream before there is any event', async () => {
    const api = exampleApi()
    // oxlint-disable-next-line require-yield -- a stream on which nothing happens
    api.events = async function* () {
      await new Promise(() => {})
    }
    const { url } = await listen(mount(api.fetch))
    const response = await fetch(`${url}/api/v1/notes/stream`, { headers: { authorization: 'Bearer owner' } })
    expect([response.status, response.headers.get('x-accel-buffering')]).toEqual([200, 'no'])
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(':\n\n')
    await reader?.cancel()
  })

  it('sends the headers of a stream that has no byte yet', async () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: () => new Promise(() => {}) })
    const { url } = await listen(
      mount(async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
    )
    const response = await get(url)
    expect(response.headers['content-type']).toBe('text/event-stream')
    response.destroy()
  })

  it('aborts the signal and returns the iterator when the client leaves', async () => {
    const api = exampleApi()
    let returned = false
    api.events = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          returned = true
          return { done: true, value: undefined }
        },
      }),
    })
    let signal: AbortSignal | undefined
    const { url } = await listen(
      mount((request, connection) => {
        signal = request.signal
        return api.fetch(request, connection)
      }),
    )
    const controller = new AbortController()
    const response = await fetch(`${url}/api/v1/notes/stream`, {
      headers: { authorization: 'Bearer owner' },
      signal: controller.signal,
    })
    await response.body?.getReader().read()
    controller.abort()
    await untilTrue(() => returned && signal?.aborted === true)
    expect([returned, signal?.aborted]).toEqual([true, true])
  })

  it('reads a stream no faster than the client does', async () => {
    const chunk = new Uint8Array(65_536)
    const chunks = 4096
    let pulled = 0
    let cancelled = false
    const body = () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          pull(controller) {
            if (++pulled > chunks) controller.close()
            else controller.enqueue(chunk)
          },
          cancel() {
            cancelled = true
          },
        },
        { highWaterMark: 0 },
      )
    const { url } = await listen(mount(async () => new Response(body())))
    const response = await get(url)
    response.pause()
    // Kernel and socket buffers fill up; then nothing more is pulled, turn after turn.
    let before = -1
    for (let quiet = 0; quiet < 200; quiet = pulled === before ? quiet + 1 : 0) {
      before = pulled
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(pulled).toBeGreaterThan(0)
    expect(pulled).toBeLessThan(chunks / 4)
    response.destroy()
    await untilTrue(() => cancelled)
  })

  it('answers a problem when the handler throws, and goes on serving', async () => {
    let calls = 0
    const handle = (): Promise<Response> => {
      if (++calls === 1) throw new Error('thrown secret')
      return calls === 2
        ? Promise.reject(new Error('rejected secret'))
        : Promise.resolve(new Response('fine'))
    }
    const warnings: string[] = []
    const { url } = await listen(mount(handle, (message) => warnings.push(message)))
    for (let i = 0; i < 2; i++) {
      const response = await fetch(url)
      expect([response.status, response.headers.get('content-type')]).toEqual([
        500,
        'application/problem+json',
      ])
      expect(await response.text()).not.toContain('secret')
    }
    expect(await (await fetch(url)).text()).toBe('fine')
    expect(warnings).toEqual([
      expect.stringContaining('thrown secret'),
      expect.stringContaining('rejected secret'),
    ])
  })
})

describe('what a request costs', () => {
  const made: string[] = []
  const originals = { Request, Response, Headers, ReadableStream, AbortController, URL }

  afterEach(() => {
    Object.assign(globalThis, originals)
    made.length = 0
  })

  it('is no object of the web platform: neither for an answer nor for an event stream', async () => {
    const api = exampleApi()
    const { port } = await listen(toNodeHandler(api.fetch))
    for (const [name, original] of Object.entries(originals)) {
      const counted = new Proxy(original, {
        construct(target, args, newTarget) {
          made.push(name)
          return Reflect.construct(target, args, newTarget) as object
        },
      })
      Object.assign(globalThis, { [name]: counted })
    }
    const head = 'HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer owner\r\nConnection: close\r\n'
    const sent = [
      await sendRaw(port, `GET /api/v1/notes ${head}\r\n`),
      await sendRaw(port, `GET /api/v1/notes/stream ${head}\r\n`),
      await sendRaw(
        port,
        `POST /api/v1/notes ${head}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"title":"a"}`,
      ),
      await sendRaw(port, `GET /nowhere ${head}\r\n`),
    ]
    expect(sent.map((answer) => answer.slice(9, 12))).toEqual(['200', '200', '201', '404'])
    expect(made).toEqual([])
    new Request('http://x/').headers.get('x')
    expect(made).toContain('Request')
  })
})

/** Sends bytes as they are and reads until the server has answered. */
async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(bytes)
  let answer = ''
  socket.setEncoding('utf8').on('data', (data: string) => (answer += data))
  await once(socket, 'close')
  return answer
}

describe('hostile requests on the wire', () => {
  const targets: Record<string, string> = {
    'dot segments': '/x/../time',
    'encoded dot segments': '/x/%2e%2E/time',
    'a single dot': '/./time',
    'an empty segment': '//time',
    'another host in the path': '//evil.example/time',
    'absolute form': 'http://evil.example/time',
    'a backslash': '/x\\..\\time',
    'an encoded slash': '/webhooks%2fx',
    'an encoded backslash': '/webhooks%5Cx',
    'an encoded NUL': '/time%00',
    'overlong UTF-8': '/%c0%af',
    'a stray percent sign': '/time%zz',
    'a raw non-ASCII byte': '/tim\u00e9',
    'a fragment': '/time#x',
    'a path of 3,000 characters': `/${'a'.repeat(3000)}`,
    'asterisk form': '*',
  }
  it.each(Object.entries(targets))('refuses %s', async (_name, target) => {
    const { port } = await listen(toNodeHandler(exampleApi().fetch))
    const answer = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('answers what is refused as a problem document', async () => {
    const { port } = await listen(toNodeHandler(exampleApi().fetch))
    const answer = await sendRaw(port, 'GET /x/../time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toContain('"code":"http/invalid-path"')
    expect(answer).toMatch(/x-request-id: req_/i)
  })

  it.each([
    ['two Host headers', 'GET /time HTTP/1.1\r\nHost: a\r\nHost: b\r\n'],
    ['a Host with a path', 'GET /time HTTP/1.1\r\nHost: a/b\r\n'],
    ['a Host with a user', 'GET /time HTTP/1.1\r\nHost: a@b\r\n'],
    ['a Host with a space', 'GET /time HTTP/1.1\r\nHost: a b\r\n'],
    ['a Host that is no host, and a query that needs parsing', 'GET /time?q=" HTTP/1.1\r\nHost: a:99999\r\n'],
    [
      'two Authorization headers',
      'GET /api/v1/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer owner\r\nAuthorization: Bearer other\r\n',
      401,
    ],
  ])('refuses %s', async (_name, head, status = 400) => {
    const { port } = await listen(toNodeHandler(exampleApi().fetch))
    expect(await sendRaw(port, `${head}Connection: close\r\n\r\n`)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} `),
    )
  })

  it('answers 413 to an endless body without reading it', async () => {
    const { port } = await listen(toNodeHandler(exampleApi({ maxBodyBytes: 1000 }).fetch))
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    let answer = ''
    socket
      .setEncoding('utf8')
      .on('data', (data: string) => (answer += data))
      .on('error', () => {})
    const chunk = `400\r\n${' '.repeat(0x400)}\r\n`
    while (!answer.includes('\r\n\r\n')) {
      if (socket.writable) socket.write(chunk)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('sends the light response class as it sends the global one', async () => {
    const api = exampleApi({ Response: FastResponse })
    const { url } = await listen(toNodeHandler(api.fetch))
    const plain = await listen(toNodeHandler(exampleApi().fetch))
    for (const path of ['/time', '/nowhere', '/go', '/.well-known/keys', '/file?name=a']) {
      const [light, usual] = await Promise.all(
        [url, plain.url].map((base) =>
          fetch(base + path, { redirect: 'manual', headers: { 'x-request-id': 'same-request-id' } }),
        ),
      )
      expect([light?.status, await light?.text()]).toEqual([usual?.status, await usual?.text()])
      for (const [name, value] of usual?.headers ?? []) {
        if (name !== 'date' && name !== 'transfer-encoding')
          expect([name, light?.headers.get(name)]).toEqual([name, value])
      }
    }
    const head = await fetch(`${url}/time`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('leaves the target to the router as the router had it', async () => {
    const seen: (string | undefined)[] = []
    const app = express()
    const handler = toNodeHandler(exampleApi().fetch)
    app.use('/api', (request, response) => {
      void handler(request, response).then(() => seen.push(request.url, request.originalUrl))
    })
    const { url } = await listen(app)
    await (await fetch(`${url}/api/v1/notes`, { headers: { authorization: 'Bearer owner' } })).text()
    await untilTrue(() => seen.length > 0)
    expect(seen).toEqual(['/v1/notes', '/api/v1/notes'])
  })

  it('answers 404 outside its base path', async () => {
    const { url } = await listen(toNodeHandler(exampleApi().fetch, { basePath: '/base' }))
    expect((await fetch(`${url}/time`)).status).toBe(404)
    expect((await fetch(`${url}/baseline/time`)).status).toBe(404)
    expect((await fetch(`${url}/base/time`)).status).toBe(200)
  })

  it('tells the handler the peer, so that only real loopback reads metrics', async () => {
    const { url } = await listen(toNodeHandler(exampleApi().fetch))
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
    expect((await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.1' } })).status).toBe(
      401,
    )
  })
})

describe('after a body parser', () => {
  const mountAfter = (parser: express.RequestHandler, warnings: string[] = []) => {
    const api = exampleApi()
    const app = express()
    app.use(parser)
    app.use(toNodeHandler(api.fetch, { onWarning: (message) => warnings.push(message) }))
    return { api, app }
  }
  const post = (url: string, body: string, type = 'application/json') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type, authorization: 'Bearer owner' } })

  it('takes the parsed body for JSON, warning once', async () => {
    const warnings: string[] = []
    const { api, app } = mountAfter(express.json(), warnings)
    const { url } = await listen(app)
    expect((await post(`${url}/api/v1/notes`, '{ "title": "a" }')).status).toBe(201)
    expect((await post(`${url}/api/v1/notes`, '{ "title": "b" }')).status).toBe(201)
    expect(api.notes).toEqual(['a', 'b'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('before body parsers')
    expect((await post(`${url}/echo`, '{"__proto__": {"admin": true}}')).status).toBe(400)
  })

  it('takes the parsed body of a form', async () => {
    const { app } = mountAfter(express.urlencoded())
    const { url } = await listen(app)
    const type = 'application/x-www-form-urlencoded'
    expect(await (await post(`${url}/oauth/token`, 'grant_type=a%20b', type)).json()).toEqual({
      grant: 'a b',
    })
    expect((await post(`${url}/oauth/token`, 'grant_type=a&grant_type=b', type)).status).toBe(400)
  })

  it('refuses to make up the bytes of a webhook and says how to fix the host', async () => {
    const { app } = mountAfter(express.json())
    const { url } = await listen(app)
    const response = await post(`${url}/webhooks/x`, '{ "a": 1 }')
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      code: 'http/raw-body-consumed',
      fix: expect.stringContaining('before body parsers'),
    })
  })

  it.each([
    [
      'kept by verify',
      express.json({
        verify: (request, _response, bytes) => void Object.assign(request, { rawBody: bytes }),
      }),
    ],
    ['read by express.raw()', express.raw({ type: '*/*' })],
    ['read by express.text()', express.text({ type: '*/*' })],
  ])('gives a webhook the bytes %s', async (_name, parser) => {
    const { app } = mountAfter(parser)
    const { url } = await listen(app)
    expect(await (await post(`${url}/webhooks/x`, '{ "a":  1 }')).json()).toEqual({
      bytes: 11,
      text: '{ "a":  1 }',
    })
  })

  it('says so when the body is gone', async () => {
    const { app } = mountAfter((request, _response, next) => void request.resume().on('end', next))
    const { url } = await listen(app)
    expect((await post(`${url}/echo`, '{}')).status).toBe(500)
    expect((await fetch(`${url}/limited`, { method: 'POST' })).status).toBe(202)
  })
})
