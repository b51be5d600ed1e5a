import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { FetchHandler } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../examples/reference-host/src/server.ts'

// A short patience: what is told apart here is who is ended and who is not, not when.
const stallTimeoutMs = 400
const minBodyRate = 1000
const chunk = Buffer.alloc(1000, 'x')

let server: RunningServer
const cancelled = Promise.withResolvers<void>()
let emit: (text: string) => void

const handler: FetchHandler = async (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/count') return new Response(String((await request.arrayBuffer()).byteLength))
  if (pathname === '/slow') {
    await delay(4 * stallTimeoutMs)
    return new Response('done')
  }
  if (pathname === '/huge') {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(Buffer.alloc(1 << 20, 'x'))
    return new Response(new ReadableStream({ pull, cancel: () => cancelled.resolve() }, { highWaterMark: 0 }))
  }
  const events = new TransformStream<Uint8Array, Uint8Array>()
  const writer = events.writable.getWriter()
  writer.closed.catch(() => {})
  emit = (text) => void writer.write(Buffer.from(text)).catch(() => {})
  emit(':\n\n')
  return new Response(events.readable, { headers: { 'content-type': 'text/event-stream' } })
}

beforeAll(async () => {
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1 << 20,
    stallTimeoutMs,
    minBodyRate,
    fetch: handler,
  })
})
afterAll(() => server.close({ limitMs: 0, quietMs: 0 }))

interface Client {
  readonly socket: Socket
  readonly text: () => string
  readonly ended: Promise<void>
}

async function open(first: string): Promise<Client> {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' })
  socket.on('error', () => {})
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  socket.write(first)
  return { socket, text: () => text, ended }
}

/** Sends a piece now and then until the server has ended the connection. */
async function drip({ socket, ended }: Client, piece: string, everyMs: number): Promise<boolean> {
  const timer = setInterval(() => socket.writable && socket.write(piece), everyMs)
  await ended
  clearInterval(timer)
  return socket.destroyed
}

const post = (length: number) =>
  `POST /count HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`

describe('F16: a client that is slow on purpose', () => {
  // A client that is never ended is a test that never ends.
  test('is ended while it sends its headers byte by byte', async () => {
    expect(await drip(await open('GET / HTTP/1.1\r\nHost: a\r\nX-A: '), 'x', 50)).toBe(true)
  })

  test('is ended while it sends a body byte by byte, also behind a GET that nobody reads', async () => {
    expect(await drip(await open(post(10_000)), 'x', 50)).toBe(true)
    expect(await drip(await open(post(10_000).replace('POST /count', 'GET /events')), 'x', 50)).toBe(true)
  })

  test('is ended when it sends no more of its body', async () => {
    const { socket, ended } = await open(post(10_000))
    await ended
    expect(socket.destroyed).toBe(true)
  })

  test('is ended when it takes nothing of an answer', async () => {
    const { socket } = await open('')
    socket.pause()
    socket.write('GET /huge HTTP/1.1\r\nHost: a\r\n\r\n')
    // It does not notice itself.
    expect(await cancelled.promise).toBeUndefined()
    socket.destroy()
  })
})

describe('F16: a client that is not', () => {
  test('may send a large body for as long as it needs, when it comes steadily', async () => {
    const pieces = 40
    const client = await open(post(pieces * chunk.length))
    // 10 KB a second for 10 times the patience.
    for (let i = 0; i < pieces; i++) {
      client.socket.write(chunk)
      await delay((10 * stallTimeoutMs) / pieces)
    }
    while (!client.text().includes('\r\n\r\n')) await delay(20)
    expect(client.text()).toContain(`${pieces * chunk.length}`)
    client.socket.destroy()
  })

  test('may wait for an answer that takes long', async () => {
    expect(await (await fetch(`${server.url}/slow`)).text()).toBe('done')
  })

  test('may read a stream on which nothing happens', async () => {
    const client = await open('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
    while (!client.text().includes(':\n\n')) await delay(20)
    await delay(5 * stallTimeoutMs)
    emit('id: 1\ndata: 1\n\n')
    while (!client.text().includes('data: 1')) await delay(20)
    expect(client.socket.destroyed).toBe(false)
    client.socket.destroy()
  })
})
