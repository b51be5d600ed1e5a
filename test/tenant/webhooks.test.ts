import { once } from 'node:events'
import { createServer } from 'node:http'
import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { manualClock } from '@corbel/core/ports'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../auth/support.fixture.ts'
import { openReceiver, type Received, type Receiver } from './webhook-receiver.fixture.ts'

const path = '/api/v1/tenants/webhooks'

interface Issued {
  readonly id: string
  readonly enabled: boolean
  readonly disabledReason: string | null
  readonly secret: string
  readonly code?: string
}

interface Log {
  readonly data: readonly { readonly id: string; readonly status: string; readonly result: string | null }[]
}

const opened: Receiver[] = []
afterEach(() => {
  for (const receiver of opened.splice(0)) receiver.close()
})

async function open() {
  const receiver = await openReceiver()
  opened.push(receiver)
  // Standard Webhooks compares with the time of the machine.
  const clock = manualClock(new Date())
  const app = await testApp({ clock, fetcher: nodeFetcher({ allow: ['127.0.0.1'] }) })
  const { accessToken: token } = await app.member('ada@example.com')
  await app.events()
  const create = (body: object = {}) =>
    app.call<Issued>('POST', path, { token, body: { url: receiver.url, eventTypes: ['*'], ...body } })
  const rename = (name: string) => app.call('PATCH', '/api/v1/tenants/account', { token, body: { name } })
  /** Signs in again, as an hour may have passed. */
  const log = async (id: string) => {
    const { body } = await app.signIn('ada@example.com')
    const answer = await app.call<Log>('GET', `${path}/${id}/deliveries`, { token: body.accessToken })
    return answer.body.data
  }
  const update = (id: string, body: object) => app.call<Issued>('PATCH', `${path}/${id}`, { token, body })
  return { app, clock, token, receiver, create, rename, log, update }
}

const headersOf = ({ headers }: Received) => headers as Record<string, string>
const renames = ({ received }: Receiver) =>
  received.filter(({ body }) => body.type === 'tenant.account.renamed').map(({ body }) => body.data['name'])

/** Lets hours pass until nothing more is tried. */
async function exhaust({ app }: { readonly app: TestApp }, hours = 24) {
  for (let hour = 0; hour < hours; hour++) {
    await app.events()
    app.clock.advance('1h')
  }
}

describe('a webhook', () => {
  test('is told what happens, signed so that an independent library accepts it', async () => {
    const { app, receiver, create, rename, log } = await open()
    const { status, body } = await create()
    expect(status).toBe(201)
    expect(body.secret).toMatch(/^whsec_/)
    await rename('Analytical Engines')
    await app.events()
    const told = receiver.received.find((one) => one.body.type === 'tenant.account.renamed')
    if (!told) throw new Error('The receiver was not told.')
    expect(new Webhook(body.secret).verify(told.text, headersOf(told))).toMatchObject({
      type: 'tenant.account.renamed',
      data: { name: 'Analytical Engines' },
    })
    expect(told.headers['webhook-id']).toMatch(/^evt_/)
    expect((await log(body.id))[0]).toMatchObject({ status: 'delivered', result: 'HTTP 204', attempts: 1 })
  })

  test('what was changed, or sent long ago, is not accepted by that library', async () => {
    const { app, receiver, create, rename } = await open()
    const { body } = await create()
    await rename('Analytical Engines')
    await app.events()
    const [told] = receiver.received
    if (!told) throw new Error('The receiver was not told.')
    const verifier = new Webhook(body.secret)
    expect(() => verifier.verify(told.text.replace('tenant', 'tenants'), headersOf(told))).toThrow(
      'signature',
    )
    expect(() => verifier.verify(told.text, { ...headersOf(told), 'webhook-id': 'evt_other' })).toThrow(
      'signature',
    )
    const old = { ...headersOf(told), 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 3600) }
    expect(() => verifier.verify(told.text, old)).toThrow('too old')
  })

  test('gets the types that it wants, and nothing of another tenant', async () => {
    const { app, receiver, create, rename } = await open()
    await create({ eventTypes: ['tenant.account.renamed'] })
    const { accessToken: other } = await app.member('eve@example.com')
    await app.call('PATCH', '/api/v1/tenants/account', { token: other, body: { name: 'Eve & Co' } })
    await rename('Analytical Engines')
    await app.events()
    expect(receiver.received.map(({ body }) => body.type)).toEqual(['tenant.account.renamed'])
    expect(renames(receiver)).toEqual(['Analytical Engines'])
  })

  test('gets events in their order and each again under its own id, however often the receiver fails', async () => {
    const context = await open()
    const { receiver, create, rename } = context
    await create({ eventTypes: ['tenant.account.renamed'] })
    let calls = 0
    receiver.answer = (response) => response.writeHead(++calls % 3 === 0 ? 200 : 503).end()
    for (const name of ['First', 'Second', 'Third']) await rename(name)
    await exhaust(context)
    expect(renames(receiver)).toEqual(['First', 'Second', 'Third'].flatMap((name) => [name, name, name]))
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('with a new secret signs with both for a day', async () => {
    const { app, receiver, create, rename, update, clock } = await open()
    const { body } = await create({ eventTypes: ['tenant.account.renamed'] })
    const { body: rotated } = await update(body.id, { rotateSecret: true })
    expect(rotated.secret).not.toBe(body.secret)
    await rename('Within a day')
    await app.events()
    const [both] = receiver.received
    if (!both) throw new Error('The receiver was not told.')
    for (const { secret } of [body, rotated])
      expect(() => new Webhook(secret).verify(both.text, headersOf(both))).not.toThrow()
    clock.advance('24h')
    const { body: again } = await app.signIn('ada@example.com')
    await app.call('PATCH', '/api/v1/tenants/account', {
      token: again.accessToken,
      body: { name: 'After it' },
    })
    await app.events()
    expect(receiver.received.at(-1)?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(1)
  })

  test('that answers 410 is switched off at once; a redelivery reaches it once it is on again', async () => {
    const { app, receiver, create, rename, log, token, update } = await open()
    const { body } = await create({ eventTypes: ['tenant.account.renamed'] })
    receiver.answer = (response) => response.writeHead(410).end()
    await rename('First')
    await rename('Second')
    await app.events()
    const { body: off } = await app.call<Issued>('GET', `${path}/${body.id}`, { token })
    expect(off).toMatchObject({ enabled: false, disabledReason: 'gone' })
    expect((await app.events()).map(({ type }) => type)).toContain('tenant.webhook.disabled')
    const dead = await log(body.id)
    expect(dead.map(({ status }) => status)).toEqual(['dead', 'dead'])
    receiver.answer = (response) => response.writeHead(200).end()
    expect((await update(body.id, { enabled: true })).body).toMatchObject({
      enabled: true,
      disabledReason: null,
    })
    for (const { id } of dead.toReversed())
      expect((await app.call('POST', `${path}/deliveries/${id}/redeliver`, { token })).status).toBe(202)
    await app.events()
    expect(new Set(renames(receiver))).toEqual(new Set(['First', 'Second']))
    expect((await log(body.id)).map(({ status }) => status)).toEqual(['delivered', 'delivered'])
  })

  test('that fails for long is switched off, and its owners are told', async () => {
    const context = await open()
    const { app, receiver, create, rename, log } = context
    const { body } = await create({ eventTypes: ['tenant.account.renamed'] })
    receiver.answer = (response) => response.writeHead(500).end()
    for (let n = 0; n < 7; n++) await rename(`Name ${n}`)
    await exhaust(context, 80)
    expect(receiver.received).toHaveLength(5 * 12)
    expect((await log(body.id)).map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 'dead'))
    const notice = app.mailer.sent.at(-1)
    expect(notice).toMatchObject({ to: 'ada@example.com' })
    expect(notice?.subject).toContain('webhook')
  })

  test('that is switched off is not told to an owner who does not want to know', async () => {
    const context = await open()
    const { app, receiver, create, rename, token } = context
    const preference = { channel: 'email', category: 'tenant', enabled: false }
    const path = '/api/v1/users/notification-preferences'
    expect((await app.call('PUT', path, { token, body: preference })).status).toBe(200)
    await create({ eventTypes: ['tenant.account.renamed'] })
    receiver.answer = (response) => response.writeHead(410).end()
    await rename('Gone')
    const events = await app.events()
    expect(events.map(({ type }) => type)).toContain('tenant.webhook.disabled')
    expect(app.mailer.sent.filter(({ subject }) => subject.includes('webhook'))).toEqual([])
  })

  test('one delivery that arrives makes the failures before it forgotten', async () => {
    const context = await open()
    const { app, receiver, create, rename, token } = context
    const { body } = await create({ eventTypes: ['tenant.account.renamed'] })
    receiver.answer = (response, { body: { data } }) =>
      response.writeHead(data['name'] === 'Good' ? 200 : 500).end()
    for (const name of ['1', '2', '3', '4'].map((n) => `Bad ${n}`)) await rename(name)
    await rename('Good')
    for (const name of ['5', '6'].map((n) => `Bad ${n}`)) await rename(name)
    await exhaust(context, 100)
    const { body: signedIn } = await app.signIn('ada@example.com')
    expect(token).not.toBe(signedIn.accessToken)
    const { body: webhook } = await app.call<Issued>('GET', `${path}/${body.id}`, {
      token: signedIn.accessToken,
    })
    expect(webhook.enabled).toBe(true)
  })
})

describe('an address', () => {
  test.each([
    ['another challenge', (response: { end(text: string): void }) => response.end('{"challenge":"guessed"}')],
    ['no JSON', (response: { end(text: string): void }) => response.end('ok')],
    ['null', (response: { end(text: string): void }) => response.end('null')],
  ])('that answers %s is not kept', async (_, answer) => {
    const { app, receiver, create, token } = await open()
    receiver.answerChallenge = answer
    const { status, body } = await create()
    expect([status, body.code]).toEqual([422, 'tenant/webhook-challenge-failed'])
    expect((await app.call('GET', path, { token })).body).toEqual({ data: [] })
  })

  test('that redirects, or answers 10 MB, is not kept, and nothing else is asked', async () => {
    const { receiver, create } = await open()
    const inner = await openReceiver()
    opened.push(inner)
    receiver.answerChallenge = (response) => response.writeHead(307, { location: inner.url }).end()
    expect((await create()).body.code).toBe('fetcher/too-many-redirects')
    expect(inner.challenges).toEqual([])
    receiver.answerChallenge = (response) => response.end('x'.repeat(10_000_000))
    expect((await create()).body.code).toBe('fetcher/too-large')
  })

  test('that begins to redirect, or to answer 10 MB, gets no further', async () => {
    const { app, receiver, create, rename, log } = await open()
    const inner = await openReceiver()
    opened.push(inner)
    const { body } = await create({ eventTypes: ['tenant.account.renamed'] })
    receiver.answer = (response) => response.writeHead(302, { location: inner.url }).end()
    await rename('First')
    await app.events()
    expect(inner.received).toEqual([])
    expect((await log(body.id))[0]).toMatchObject({
      status: 'pending',
      result: 'delivery/unavailable: fetcher/too-many-redirects',
    })
    receiver.answer = (response) => response.end('x'.repeat(10_000_000))
    app.clock.advance('1h')
    await app.events()
    expect((await log(body.id))[0]?.result).toBe('delivery/unavailable: fetcher/too-large')
  })

  test('that leads into a network later is not followed there, and nothing is lost once it leads out again', async () => {
    const receiver = await openReceiver()
    opened.push(receiver)
    const { port } = new URL(receiver.url)
    // Within the network, at the port of the address that was given.
    const inner = createServer((_, response) => response.end())
    let reached = 0
    inner.on('connection', () => reached++)
    inner.listen(Number(port), '127.0.0.2')
    await once(inner, 'listening')
    // What the name leads to at each look-up: the guard sits in the one of the connection itself.
    let address = '127.0.0.1'
    const clock = manualClock(new Date())
    const fetcher = nodeFetcher({ allow: ['127.0.0.1/32'], resolve: async () => [address] })
    const app = await testApp({ clock, fetcher })
    const { accessToken: token } = await app.member('ada@example.com')
    const body = { url: `http://hooks.test:${port}/hook`, eventTypes: ['tenant.account.renamed'] }
    const { status } = await app.call('POST', path, { token, body })
    expect([status, receiver.challenges.length]).toEqual([201, 1])
    for (const rebound of ['127.0.0.2', '10.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1']) {
      address = rebound
      await app.call('PATCH', '/api/v1/tenants/account', { token, body: { name: `Over ${rebound}` } })
      await app.events()
    }
    await exhaust({ app }, 1)
    inner.close()
    expect([receiver.received, reached]).toEqual([[], 0])
    address = '127.0.0.1'
    await exhaust({ app })
    expect(renames(receiver)).toEqual(
      ['127.0.0.2', '10.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1'].map((name) => `Over ${name}`),
    )
  })

  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00::1]/',
    'http://0/',
  ])('within a network, such as %s, is refused', async (url) => {
    const app = await testApp({ fetcher: nodeFetcher({}) })
    const { accessToken: token } = await app.member()
    const { status, body } = await app.call<Issued>('POST', path, { token, body: { url, eventTypes: ['*'] } })
    expect([status, body.code]).toEqual([422, 'fetcher/address-refused'])
  })

  test.each([
    'ftp://example.com/',
    'https://user:secret@example.com/',
    'https://a b/',
    '/hook',
    'https://a\r\nX: b/',
  ])('like %j is none', async (url) => {
    const { create } = await open()
    const { status } = await create({ url })
    expect([400, 422]).toContain(status)
  })
})

describe('webhooks of others', () => {
  test('answer as if they were not there', async () => {
    const { app, create, rename, log } = await open()
    const { body } = await create()
    await rename('Analytical Engines')
    await app.events()
    const [delivery] = await log(body.id)
    const { accessToken: token } = await app.member('eve@example.com')
    const calls = [
      ['GET', `${path}/${body.id}`],
      ['PATCH', `${path}/${body.id}`],
      ['DELETE', `${path}/${body.id}`],
      ['GET', `${path}/${body.id}/deliveries`],
      ['POST', `${path}/deliveries/${delivery?.id}/redeliver`],
    ] as const
    for (const [method, address] of calls) {
      const answer = await app.call(method, address, {
        token,
        ...(method === 'PATCH' && { body: { enabled: false } }),
      })
      expect([method, answer.status]).toEqual([method, 404])
    }
    expect((await app.call('GET', path, { token })).body).toEqual({ data: [] })
  })
})

test('an unknown type is refused, and the schemas of the known ones are published', async () => {
  const { app, create } = await open()
  expect((await create({ eventTypes: ['tenant.account.exploded'] })).body.code).toBe(
    'tenant/unknown-event-type',
  )
  expect((await create({ eventTypes: ['*', 'tenant.account.renamed'] })).status).toBe(422)
  const { body } = await app.call<{ webhooks: Record<string, object> }>('GET', '/openapi.json')
  expect(Object.keys(body.webhooks)).toContain('tenant.account.renamed')
  expect(JSON.stringify(body.webhooks['tenant.account.renamed'])).toContain('webhook-signature')
})

test('the secret stands in no list, no log and no event', async () => {
  const { app, create, rename, token } = await open()
  const { body } = await create()
  await rename('Analytical Engines')
  const events = await app.events()
  const list = await app.call('GET', path, { token })
  const raw = body.secret.slice('whsec_'.length)
  const everything = JSON.stringify([
    events,
    list.body,
    app.logger.lines,
    await app.storage.repositories.tenant.webhooks.list(events[0]?.tenantId ?? 'ten_0'),
  ])
  expect(everything).not.toContain(raw)
})
