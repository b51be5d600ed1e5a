import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripeGateway } from '@corbel/adapters/stripe'
import { toNodeHandler } from '@corbel/core/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { Stripe } from 'stripe'
import { afterEach, describe, expect, test } from 'vitest'
import { openStorage } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { fakeGateway } from './fake-gateway.fixture.ts'

type Stack = Awaited<ReturnType<typeof openBilling>>['stack']
type Ask = (request: Request) => Promise<Response>

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A listener behind a socket, asked by what would have been asked without one. */
async function served(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return async (request) => {
    const url = new URL(request.url)
    const body = await request.arrayBuffer()
    return fetch(`http://127.0.0.1:${port}${url.pathname}`, {
      method: request.method,
      headers: request.headers,
      body,
    })
  }
}

const quiet = { onWarning: () => {} }

/** How hosts mount the stack, as the documentation of each framework has it for a handler of Node or of the web. */
const mounts: Readonly<Record<string, (stack: Stack) => Promise<Ask>>> = {
  'node:http': (stack) => served(toNodeHandler(stack.fetch)),
  'Express, before a body parser': (stack) =>
    served(express().use(toNodeHandler(stack.fetch)).use(express.json())),
  'Express, behind express.raw()': (stack) =>
    served(
      express()
        .use(express.raw({ type: () => true, limit: '8mb' }))
        .use(toNodeHandler(stack.fetch, quiet)),
    ),
  Koa: (stack) => {
    const app = new Koa()
    const handler = toNodeHandler(stack.fetch)
    app.use(async (ctx) => {
      ctx.respond = false
      await handler(ctx.req, ctx.res)
    })
    const callback = app.callback()
    return served((request, response) => void callback(request, response))
  },
  Fastify: async (stack) => {
    const app = fastify()
    const handler = toNodeHandler(stack.fetch)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/*', async (request, reply) => {
      reply.hijack()
      await handler(request.raw, reply.raw)
    })
    await app.ready()
    return served((request, response) => app.routing(request, response))
  },
  Hono: async (stack) => {
    const app = new Hono().all('*', ({ req }) => stack.fetch(req.raw))
    return async (request) => app.fetch(request)
  },
  'a route handler of Next': async (stack) => {
    const POST = (request: Request) => stack.fetch(request)
    return POST
  },
}

async function open(mount: (stack: Stack) => Promise<Ask>) {
  const client = new Stripe('sk_test_of_nobody')
  const gateway = stripeGateway({ client, livemode: false })
  const { stack, inbox, clock } = await openBilling(
    await openStorage('memory'),
    {},
    { ...fakeGateway(), gateway },
  )
  const ask = await mount(stack)
  const timestamp = Math.floor(clock.now().getTime() / 1000)
  async function deliver(payload: string) {
    const secret = 'of the fake gateway'
    const signature = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp })
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature }
    const response = await ask(
      new Request('http://127.0.0.1/webhooks/stripe', { method: 'POST', headers, body: payload }),
    )
    return { status: response.status, body: (await response.json()) as unknown }
  }
  return { deliver, inbox }
}

/** Written as no JSON library would write it again. */
const eventOf = (name: string): string =>
  `{ "type":"customer.created" , "object":"event","id":"evt_1","livemode":false,\n\t"created":1767247200.0,"api_version":"2026-10-28.endive",
  "data":{"object":{"name":"${name} \\u0041","object":"customer","id":"cus_1"}} }\r\n`

describe.each(Object.entries(mounts))('pitfall 17: a webhook behind %s', (_, mount) => {
  test('is checked by its very bytes, and stored', async () => {
    const { deliver, inbox } = await open(mount)
    expect(await deliver(eventOf('Žofie 🌱'))).toEqual({
      status: 200,
      body: { success: true, duplicate: false },
    })
    expect(await inbox.find({ account: 'self', id: 'evt_1' })).toMatchObject({
      payload: { data: { object: { name: 'Žofie 🌱 A' } } },
    })
  })

  test('is refused when it is too large, and nothing is stored', async () => {
    const { deliver, inbox } = await open(mount)
    expect(await deliver(eventOf('x'.repeat(3 << 20)))).toMatchObject({ status: 413 })
    expect(await inbox.depth()).toMatchObject({ pending: 0 })
  })
})

test('pitfall 17: behind a parser that has taken the bytes, a webhook is not taken, and the host is told why', async () => {
  const warnings: string[] = []
  const { deliver, inbox } = await open((stack) =>
    served(
      express()
        .use(express.json())
        .use(toNodeHandler(stack.fetch, { onWarning: (message) => void warnings.push(message) })),
    ),
  )
  expect(await deliver(eventOf('Žofie'))).toMatchObject({
    status: 500,
    body: { code: 'http/raw-body-consumed' },
  })
  expect(await inbox.depth()).toMatchObject({ pending: 0 })
  expect(warnings).toEqual([expect.stringContaining('Mount the API before body parsers')])
})
